// [data-own-time-zone]: fills the empty field of that name with the time zone of this computer, when it is on offer.
{
  const offer = document.getElementById("time-zones");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

  for (const form of document.querySelectorAll("form[data-own-time-zone]")) {
    const field = form.elements[form.dataset.ownTimeZone];
    const known = [...(offer?.options ?? [])].some((option) => option.value === timeZone);
    if (!field.value && known) field.value = timeZone;
  }
}
