// The little that the pages cannot do without a script: keep the current item of a strip in view, and empty a
// line that was sent.
"use strict";
for (const one of document.querySelectorAll("nav [aria-current]")) {
  const strip = one.closest("nav, .tabs");
  if (strip && strip.scrollWidth > strip.clientWidth) {
    strip.scrollLeft = one.offsetLeft - (strip.clientWidth - one.offsetWidth) / 2;
  }
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest(".say");
  if (form && event.detail.successful) {
    form.querySelector("input[name=text]").value = "";
    form.querySelector("input[name=text]").focus();
  }
});
