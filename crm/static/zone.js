// Tells the form which time zone it is sent from, so that no email comes at night. It keeps nothing.
(() => {
  "use strict";
  const field = document.querySelector("form [name='zone']");
  if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
})();
