"""Styles of what is printed and written on with a pen: black on white, and no part torn by a page's end."""

from __future__ import annotations

# A page of its own lets the printer choose between A4 and Letter; the common one is A4. The head of a sheet
# is the head of a table, since no other element is printed again on each page by every browser.
PAPER = """
.leaf{inline-size:100%;margin:2rem 0;border:1px solid var(--edge);padding:1rem;background:#fff;color:#000;
 font-size:1rem}
.leaf .quiet,.leaf .hint,.leaf small,.leaf code,.leaf .office,.leaf .legend{color:#000}
.leaf>*>tr>td{border:0;padding:0 .75rem}
.leaf-head{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.25rem 1rem;
 border-block-end:2px solid #000;padding-block:.5rem .25rem;margin-block-end:.5rem}
.leaf-id{white-space:nowrap}
.leaf-id b{font:700 1.25rem/1 ui-monospace,monospace;letter-spacing:.05em}
.office{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:end}
.office .fill{flex:1;display:flex;gap:.5rem;align-items:end;white-space:nowrap}
.leaf p{max-inline-size:none}
.legend{font-size:.875rem}
.leaf h2{font-size:1.25rem;margin-block:1.25rem .25rem;padding-block-start:.5rem;
 border-block-start:2px solid #000;break-after:avoid}
.leaf .when{inline-size:fit-content;border:1px solid #000;padding:0 .375rem;font-weight:600;
 font-size:.875rem;margin-block:.25rem;break-after:avoid}
.leaf .hint{font-size:.875rem;margin-block:.125rem}
.part>.hint{break-after:avoid}
.leaf .wording{margin-block:0}
.leaf .under{font-weight:600;margin-block:.5rem 0}
.leaf code{font-size:.75rem}
.item{display:flex;gap:.75rem;padding-block:.625rem;break-inside:avoid}
.item>div{flex:1;min-inline-size:0}
.item .number{font-weight:700;min-inline-size:1.5rem;text-align:end}
.item.note .wording{font-weight:400}
.item.long{break-inside:auto}
.item.long .under,.item .wording{break-after:avoid}
.item.close{padding-block:.25rem}
.item.close p{margin-block:0}
.options{list-style:none;padding:0;margin:.25rem 0;columns:13rem auto;column-gap:1.5rem}
.options li{display:flex;gap:.5rem;align-items:baseline;break-inside:avoid;padding-block:.125rem}
.lists .options li{gap:.75rem}
.leaf i{flex:none;display:inline-block;inline-size:1.125rem;block-size:1.125rem;border:1.5px solid #000;
 background:#fff;vertical-align:-.2rem}
.leaf i.one{border-radius:50%}
.leaf i.rank{inline-size:1.5rem;block-size:1.5rem}
.slots{display:inline-flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:start}
.slots>span{white-space:nowrap;padding-inline-end:1.5px}
.leaf .slots i{inline-size:1.375rem;block-size:1.75rem;margin-inline-end:-1.5px}
.office .slots,.signed .slots,.leaf-id .slots{margin-inline-start:.5rem}
.slots small{display:block;text-align:center}
.rule{display:block;flex:1;min-inline-size:4rem;block-size:2.25rem;border-block-end:1px solid #000}
.people{table-layout:fixed;inline-size:calc(100% - 2px);border:1px solid #000;margin-block:.75rem 1.25rem}
.people th,.people td{border:1px solid #000;padding:.25rem;vertical-align:middle}
.people thead th{text-align:center;vertical-align:middle}
.people thead th:first-child{inline-size:38%;text-align:start}
.people tbody{break-inside:avoid}
.people .item{padding-block:0;gap:.375rem}
.people .option{padding-inline-start:2rem;padding-block:.125rem}
.people .asked{border-block-end:0;padding-block-start:.5rem}
.people .cell{text-align:center;block-size:2.75rem;min-inline-size:0}
.people .option~.cell{block-size:auto;padding-block:.125rem}
.people .slots{justify-content:center;gap:.25rem}
.leaf .people .slots i{inline-size:1.125rem;block-size:1.5rem}
.people .office .slots,.signed .slots,.leaf-id .slots{margin-inline-start:.5rem}
.slots small{font-size:.6875rem}
.people .slots span{display:block}
@media screen and (max-width:40rem){.people .slots>span{white-space:normal}}
.cut{border-block-start:2px dashed #000;margin-block-start:1.5rem}
.signed{margin-block-start:.5rem;display:flex;gap:1.5rem;align-items:end;flex-wrap:wrap}
.signed>span{flex:1 1 12rem}
.ticked{display:flex;flex-wrap:wrap;gap:.125rem 1.25rem}
.ticked b{flex:1 1 14rem}
.leaf .picture{max-inline-size:7rem;margin:0;flex:none}
.back-way{display:flex;gap:1.25rem;align-items:start;flex-wrap:wrap}
.back-way>div:last-child{flex:1 1 16rem}
@page paper{size:auto;margin:12mm 13mm}
@media print{.leaf{page:paper;margin:0;border:0;padding:0;break-before:page;font-size:10pt;line-height:1.3}
 .leaf:lang(hi),.leaf:lang(bn),.leaf:lang(ne),.leaf:lang(mr){line-height:1.5}
 .leaf:lang(ar),.leaf:lang(ur),.leaf:lang(fa){line-height:1.5}
 .tight{font-size:9pt}.tight h2{margin-block:.5rem .125rem!important;padding-block-start:.25rem}
 .tight .rule{block-size:1.75rem}.tight .picture{max-inline-size:5.5rem}
 .tight .cut{margin-block-start:.75rem}
 .screen+.leaf{break-before:auto}.leaf>*>tr>td{padding:0 1px}.leaf h2{margin-block-start:1rem}
 body:has(.leaf)>:is(.head,.foot){display:none!important}
 :is(html,body,main):has(.leaf){padding-block:0!important;margin-block:0!important;min-block-size:0!important}}
"""
