// The browser knows at once when the network is gone: said at the head of the page, with the age of what is shown.
{
  const tell = () => {
    const banner = document.getElementById("offline");
    if (!banner) return;
    banner.hidden = navigator.onLine;
    const now = new Date();
    const time = banner.querySelector("time");
    time.dateTime = now.toISOString();
    time.textContent = now.toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  };
  addEventListener("offline", tell);
  addEventListener("online", tell);
  if (!navigator.onLine) document.addEventListener("DOMContentLoaded", tell);
}
