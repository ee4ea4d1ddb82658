// Buttons that need a script are hidden in the page: here is one. What goes wrong is said on the page.
(function () {
  'use strict'
  document.querySelectorAll('[data-needs-script]').forEach(function (one) { one.hidden = false })
  document.addEventListener('allauth.error', function (event) {
    var notice = document.getElementById('passkey-problem')
    if (!notice) return
    event.preventDefault()
    notice.hidden = false
    notice.scrollIntoView({ block: 'nearest' })
  })
})()
