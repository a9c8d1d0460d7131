// [data-own-time-zone]: fills the empty field of that name with the time zone of this computer, when it is on offer.
{
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  for (const form of document.querySelectorAll("form[data-own-time-zone]")) {
    const field = form.elements[form.dataset.ownTimeZone];
    const offered = [...(field.list?.options ?? [])].some((option) => option.value === zone);
    if (!field.value && offered) field.value = zone;
  }
}
