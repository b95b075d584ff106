// Where a time zone must be named, that of whoever fills in the form stands there to begin with.
const field = document.querySelector('input[name="p.zone"]');
if (field?.required && !field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
