"""The one style sheet: the library's tokens and base rules, and what only the site needs."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from everycount.formats import shapes
from everycount.formats.page import stylesheet
from everycount.site.ui.paper import PAPER

# Logical properties only; a test forbids left and right, and measures every pair of colours.
_SITE = """
.skip{position:absolute;inset-inline-start:-99rem}
.skip:focus{position:static;display:block;padding:.75rem 1rem}
.head{justify-content:space-between;flex-wrap:wrap;row-gap:0}
.head a.home{display:inline-flex;align-items:center;gap:.5rem;color:inherit;text-decoration:none;min-block-size:44px}
.head nav ul{display:flex;flex-wrap:wrap;gap:0 1.25rem;list-style:none;margin:0;padding:0}
.head nav a,.foot a{display:inline-flex;align-items:center;min-block-size:44px}
@media(max-width:30rem){.head nav ul{column-gap:.625rem}.head nav a{font-size:.9375rem}}
.head nav a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
.button,button{display:inline-flex;align-items:center;justify-content:center;min-block-size:44px;padding:.5rem 1.25rem;
 border:2px solid var(--accent);border-radius:4px;background:var(--accent);color:var(--paper);
 font:600 1rem/1.3 system-ui,sans-serif;text-decoration:none;cursor:pointer}
.button.second,button.second{background:transparent;color:var(--accent)}
.button.care,button.care{border-color:var(--clay);background:transparent;color:var(--clay)}
label{display:block;font-weight:600;margin-block:1rem .25rem}
.hint{color:var(--quiet);font-weight:400;font-size:.9375rem;margin-block:0 .25rem}
input,select,textarea{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--edge);border-radius:4px;
 padding:.5rem .75rem;min-block-size:44px;inline-size:100%;max-inline-size:32rem}
input[type=checkbox],input[type=radio]{inline-size:1.25rem;min-block-size:1.25rem;vertical-align:-.2rem;accent-color:var(--accent)}
[aria-invalid=true]{border:2px solid var(--clay)}
label:has(>input[type=checkbox]),label:has(>input[type=radio]){display:flex;gap:.5rem;align-items:center;min-block-size:44px;
 margin-block:.25rem;font-weight:400}
label>input[type=checkbox],label>input[type=radio]{flex:none}
textarea{display:block}
main form>button{margin-block-start:.75rem}
.line form>button,.inline>button{margin-block-start:0}
.notice:not([role=alert]){border-color:var(--edge)}
.errorlist{color:var(--clay);list-style:none;padding:0;margin-block:.25rem;font-weight:600}
.doors{list-style:none;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr))}
.doors a{display:block;min-block-size:44px;font-weight:600;font-size:1.125rem}
.newest{margin-block:2rem}
.newest :is(h2,h3){margin-block:.25rem;padding:0;border:0;font-size:1.375rem}
.newest .d{max-inline-size:36rem}
.kicker{color:var(--quiet);margin-block:1.25rem 0}
.number b{font:600 2.25rem/1.1 Charter,"Noto Serif",Georgia,serif;display:block}
.status{display:flex;gap:.5rem;align-items:baseline;margin-block:.5rem}
.status b{white-space:nowrap}
.line{display:flex;flex-wrap:wrap;gap:.25rem .75rem;padding-block:.5rem;border-block-end:1px solid var(--line)}
.line>*{min-inline-size:0;overflow-wrap:anywhere}
.line>:first-child:not(form,.tick),.line>.tick+*{flex:1 1 9rem}
.line .end{margin-inline-start:auto}
.line form,.actions form{margin:0}
.line blockquote,.line .about{flex-basis:100%}
.line .entry{flex:1 1 11rem;min-inline-size:0;overflow-wrap:anywhere}
.line:has(.tick){flex-wrap:nowrap;align-items:center}
.line:has(.tick)>.tick{flex:0 0 44px}
.line:has(.tick)>.quiet{flex:0 1 min-content;min-inline-size:min-content;overflow-wrap:normal;text-align:end}
.tick{display:inline-flex;align-items:center;justify-content:center;min-inline-size:44px;min-block-size:44px;margin:0}
.back{margin-block:0}
progress{inline-size:6rem;accent-color:var(--accent)}
.line .end{text-align:end}
.tasks ul,ul.tasks{list-style:none;padding:0;margin:0}
section.tasks{border:2px solid var(--accent);border-radius:4px;padding:.5rem 1.25rem;margin-block:1.5rem}
section.tasks>h2{margin-block:.5rem;border:0;padding:0}
.tasks a{font-weight:600;overflow-wrap:anywhere}
.stuck{background:var(--paper);padding-block:.5rem;border-block-start:1px solid var(--line)}
@media(min-width:40rem){.stuck{position:sticky;inset-block-end:0}html:has(.stuck){scroll-padding-block-end:6rem}}
.back a,.reach{display:inline-flex;align-items:center;min-block-size:44px}
.care{color:var(--clay)}
blockquote{margin:.5rem 0;padding-inline-start:1rem;border-inline-start:3px solid var(--edge)}
.faults li{margin-block:.75rem;overflow-wrap:anywhere}
.faults .remedy{font-weight:600}
.way>li{margin-block:1rem}
.way h3{margin-block:0}
.changes li{margin-block:.5rem;overflow-wrap:anywhere}
del{color:var(--quiet)}
.to::before{content:"\\2192"}
[dir=rtl] .to::before{content:"\\2190"}
.preview{padding-inline-start:2rem}
.preview>li{padding-block:.75rem;border-block-end:1px solid var(--line)}
.preview .wording{margin-block:0}
.wording{font-weight:600;overflow-wrap:anywhere}
.question{border:2px solid var(--edge);border-radius:4px;padding:1rem 1.25rem;margin-block:1rem}
.question .wording{font:600 1.5rem/1.35 Charter,"Noto Serif",Georgia,serif;margin-block:.25rem 1rem}
.facts{color:var(--quiet);font-size:.9375rem;overflow-wrap:anywhere}
.chips{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0}
.chips li,.chip{border:1px solid var(--edge);border-radius:1.25rem;padding:.25rem .875rem;overflow-wrap:anywhere}
.chip{font:600 1.125rem/1.3 system-ui,sans-serif;display:inline-block}
div.thing{border-block-start:1px solid var(--line);padding-block:1rem}
details+div.thing{border-block-start:0}
section.thing{margin-block-start:0;padding-block:1rem}
.thing h2,.thing h3{margin-block:0 .5rem}
.counts{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-weight:600;margin-block:.25rem}
.voice{border-inline-start:3px solid var(--edge);padding-inline-start:1rem;margin-block:1rem;overflow-wrap:anywhere}
.voice p{margin-block:.25rem}
.voice .who{color:var(--quiet);font-size:.9375rem}
.answer{margin-block-start:.5rem;padding-inline-start:1rem}
.stances,ul.radios{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.stances label,.pick label{display:inline-flex;gap:.5rem;align-items:center;min-block-size:44px;margin:0;font-weight:400}
.keyed .field:not([hidden]){display:grid;grid-template-columns:minmax(0,1fr) 11rem;gap:0 1rem;align-items:center;
padding-block:.375rem;border-block-end:1px solid var(--line);margin:0}
.keyed .field>:is(label,.codes,.errorlist){grid-column:1}
.keyed .field>input{grid-column:2;grid-row:1/span 3;inline-size:100%}
.keyed label{margin:0}
.keyed .codes{font-size:.875rem}
.keyed .codes span{white-space:nowrap;margin-inline-end:.75rem}
.thing fieldset:not(:has(:checked,.errorlist)) :is(.words,textarea){display:none}
.pick{padding-block:.25rem}
.pick .hint{margin-inline-start:1.75rem}
.pick details{margin-inline-start:1.75rem}
summary{min-block-size:44px;display:flex;align-items:center;gap:.5rem;cursor:pointer;font-weight:600;color:var(--accent)}
summary::before{content:"+";inline-size:1rem}
details[open]>summary::before{content:"\\2212"}
.pages{display:flex;flex-wrap:wrap;gap:1.5rem}
.pages a{display:inline-flex;align-items:center;min-block-size:44px}
h1.small{font-size:1.125rem}
.cards{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr))}
.card{border:1px solid var(--edge);border-radius:4px;padding:1rem;break-inside:avoid}
.card h2,.notice h2{margin-block:0 .5rem;padding:0;border:0;overflow-wrap:anywhere}
.card ol{padding-inline-start:1.25rem;font-size:.9375rem;margin-block:.5rem}
.picture{background:#fff;padding:.25rem;max-inline-size:16rem;margin-block:.5rem}
.qr{display:block;inline-size:100%;block-size:auto}
.address{font-family:ui-monospace,monospace;font-size:.875rem;overflow-wrap:anywhere;user-select:all}
.timeline{list-style:none;padding:0;border-inline-start:2px solid var(--line);margin-inline-start:.5rem}
.timeline li{padding-inline-start:1rem;margin-block:1rem}
.timeline time{display:block;color:var(--quiet);font-size:.875rem}
.steps{list-style:none;counter-reset:step;padding:0}
.steps li{counter-increment:step;display:flex;gap:.75rem;padding-block:.5rem;align-items:baseline}
.steps li::before{content:counter(step);font-weight:600;min-inline-size:1.75rem;text-align:center;border:1px solid var(--edge);border-radius:50%}
.steps [aria-current]{font-weight:600}
.steps .done::before{content:"\\2713"}
.facets{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0}
.facets a{display:inline-flex;align-items:center;min-block-size:44px;padding-inline:.875rem;border:1px solid var(--edge);border-radius:4px;text-decoration:none}
.facets a[aria-current]{border:2px solid var(--accent);font-weight:600}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-block:1rem}
.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
.badge{font-size:.8125rem;font-weight:600;border:1px solid var(--edge);border-radius:4px;padding:0 .5rem}
.code{inline-size:12rem;background:#fff;padding:.5rem}
.languages{display:flex;flex-wrap:wrap;gap:0 .25rem;align-items:center}
.languages button{background:transparent;border:0;color:var(--accent);font-weight:400;padding-inline:.5rem}
.languages button[aria-current]{color:var(--ink);font-weight:600}
fieldset{border:0;padding:0;margin-block:1rem}
legend{font-weight:600;padding:0}
form.inline{display:inline}
[hidden]{display:none!important}
.printed{display:none}
@media print{:root{color-scheme:light}.skip,.head nav,.foot nav,.languages,nav,button,.button,.screen{display:none!important}
 .printed{display:block;overflow-wrap:anywhere}.cards{grid-template-columns:1fr 1fr;gap:.5rem}.card .picture{max-inline-size:12rem}}
"""


# What pages with figures need more than a report that is a file: the site's own rules meet the report's.
_FIGURES = """
main .facts{color:inherit;font-size:inherit}
main .facts dd{max-inline-size:none}
.source a,.names a,.sure small a{display:inline-block;min-block-size:24px}
td a,th a{display:inline-block;min-block-size:24px;text-underline-offset:2px}
.numbers th[scope=row]{inline-size:60%}
.numbers td small{white-space:normal}
.numbers tbody :is(th,td){vertical-align:top}
.files td{vertical-align:middle}
.files a{display:inline-flex;align-items:center;min-block-size:44px;overflow-wrap:anywhere}
.large{font:600 clamp(3rem,12vw,5.5rem)/1.1 Charter,"Noto Serif",Georgia,serif;margin-block:1rem .25rem;overflow-wrap:anywhere}
.embedded{max-inline-size:44rem;margin:0;padding:.5rem 1rem}
.cite{font-family:ui-monospace,monospace;font-size:.8125rem;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--raised);
 padding:.75rem;margin-block:.5rem;user-select:all}
main .facts+.facts{margin-block-start:-1rem}
.hatched{display:block;inline-size:6rem;block-size:3rem;margin-block:1rem}
.pages a{padding-inline:.25rem}
@media print{@page{@bottom-center{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif}}
 .back,.source a,.sure small a,p:has(>.reach:first-child),details:not([open]){display:none!important}
 main .facts+.facts{margin-block-start:-.5rem}
 section:has(.picture){break-inside:avoid}
 .large{font-size:2.25rem;margin-block:.25rem 0}
 .cite{padding:.25rem .5rem}
 .picture{max-inline-size:6rem;padding:0}
 .foot{padding-block:1rem 0}}
"""


@cache
def site_styles() -> str:
    """The sheet as text."""
    return stylesheet(_SITE + shapes.STYLES + PAPER)


@cache
def figure_styles() -> str:
    """The second sheet, of pages that show figures: a page takes it with ``ui/figures.html`` in its head."""
    from everycount.formats.report import styles  # noqa: PLC0415 - drawing is loaded where it is asked for

    return re.sub(r"\n\s*", "", styles() + _FIGURES)


@cache
def version() -> str:
    """Changes with the sheet, so that browsers may keep it for ever."""
    return hashlib.sha256(site_styles().encode()).hexdigest()[:12]


@cache
def figure_version() -> str:
    """The same of the second sheet."""
    return hashlib.sha256(figure_styles().encode()).hexdigest()[:12]
