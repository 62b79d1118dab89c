// Quick exit (templates/components/leave.html), and pages of which nothing stays on the device.

import { ExitThisPage } from "govuk-frontend";

// What the component does, and: everything is closed on the server from behind, and "back" does not
// lead here.
class QuickExit extends ExitThisPage {
  exitPage() {
    const { $root, $button } = this;
    // What waits on the page is let go of: nothing is to ask whether one really wants to leave.
    document.dispatchEvent(new Event("leave"));
    document.title = $button.hostname;
    super.exitPage();
    navigator.sendBeacon($root.action);
    window.location.replace($button.href);
  }

  handleKeypress(event) {
    if (!this.$root.hidden) super.handleKeypress(event);
  }
}

// The component wants a link; without a script it is a form, that the server closes everything.
function begin(form) {
  const button = form.querySelector("button");
  const link = document.createElement("a");
  Object.assign(link, { href: form.dataset.leave, rel: "nofollow noreferrer", className: button.className });
  link.append(...button.childNodes);
  button.replaceWith(link);
  return new QuickExit(form);
}

if (document.body.classList.contains("govuk-frontend-supported")) {
  document.querySelectorAll("[data-leave]").forEach(begin);
}

// Nobody who presses "back" later finds the page as it was, and nothing says which page it was.
window.addEventListener("pagehide", () => {
  if (!document.querySelector("[data-leave]:not([hidden])")) return;
  try {
    sessionStorage.clear();
  } catch {
    // Nothing can be kept here.
  }
  document.querySelector("main").hidden = true;
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("[data-leave]")) window.location.reload();
});
