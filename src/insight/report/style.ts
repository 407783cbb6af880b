import { raw } from './html.ts';

const COLORS = `
:root{--paper:#fff;--ground:#f5f6f8;--ink:#16191d;--soft:#4f5862;--faint:#68717b;--rule:#dfe3e8;--grid:#e7eaee;--accent:#0b5c97;
--tone0:#68717b;--tone1:#0b67a8;--tone2:#c04a00;--tone3:#00795a;--tone4:#8f3f83;--tone5:#7d6400;--tone6:#3c4a9b;--good:#00795a;--bad:#b3261e;--warn:#7d6400}
@media screen and (prefers-color-scheme:dark){:root{--paper:#171b20;--ground:#0f1216;--ink:#e9ecef;--soft:#b1b9c2;--faint:#939ca6;--rule:#2f363e;--grid:#272d34;--accent:#6cb8ee;
--tone0:#939ca6;--tone1:#56b0ee;--tone2:#f38b4a;--tone3:#3cc29b;--tone4:#d494c9;--tone5:#d9bd4a;--tone6:#98a5f0;--good:#3cc29b;--bad:#ff8a80;--warn:#d9bd4a}}
.tone0{--c:var(--tone0)}.tone1{--c:var(--tone1)}.tone2{--c:var(--tone2)}.tone3{--c:var(--tone3)}.tone4{--c:var(--tone4)}.tone5{--c:var(--tone5)}.tone6{--c:var(--tone6)}
`;

const PAGE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:1rem;color-scheme:light dark}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
header{background:var(--paper);border-bottom:1px solid var(--rule)}
header>div,.layout{max-width:1220px;margin:0 auto;padding:0 20px}
header>div{padding-top:36px;padding-bottom:28px}
h1{font-size:clamp(1.6rem,1.1rem + 2.2vw,2.3rem);line-height:1.15;letter-spacing:-.02em;margin:0;text-wrap:balance}
.subtitle{margin:.6rem 0 0;color:var(--soft)}
h2{font-size:1.4rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .4rem}
h3{font-size:1.08rem;line-height:1.3;margin:2rem 0 .6rem}
h4{font-size:1rem;line-height:1.3;margin:0;font-weight:600}
p{margin:.6rem 0;max-width:68ch}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
pre{background:var(--ground);border:1px solid var(--rule);border-radius:8px;padding:12px 14px;overflow-x:auto;margin:.8rem 0;font-size:.86rem;line-height:1.5}
pre code{overflow-wrap:normal;font-size:1em}
main{min-width:0;padding:24px 0 40px}
section,.summary{background:var(--paper);border:1px solid var(--rule);border-radius:12px;padding:26px 28px;margin:0 0 20px}
.lead{color:var(--soft)}
nav{padding:20px 0 0}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0}
nav a{display:block;padding:6px 12px;border:1px solid var(--rule);border-radius:99px;background:var(--paper);text-decoration:none;font-size:.88rem;color:var(--soft)}
nav a:hover{color:var(--ink);border-color:var(--faint)}
a:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
footer{color:var(--faint);font-size:.86rem;padding:4px 4px 0}
@media (min-width:1080px){.layout{display:grid;grid-template-columns:200px minmax(0,1fr);gap:32px}
nav{padding:32px 0}nav ul{flex-direction:column;gap:2px;position:sticky;top:24px}nav a{border:0;background:none;padding:5px 10px;border-radius:6px}nav a:hover{background:var(--paper)}}
@media (max-width:560px){header>div,.layout{padding-left:14px;padding-right:14px}section,.summary{padding:20px 16px;border-radius:10px}header>div{padding-top:24px;padding-bottom:20px}}
.verdict{font-size:1.22rem;line-height:1.4;font-weight:600;letter-spacing:-.005em;margin:0 0 .7rem;text-wrap:pretty}
.summary p{max-width:76ch}.facts{margin:.9rem 0 0;padding:0;list-style:none;max-width:80ch}.facts li{margin:.45rem 0}.facts b{font-weight:600}
.tiles{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:10px;margin:1.4rem 0 .2rem;padding:0;list-style:none}
@media screen and (max-width:600px){.tiles{grid-auto-flow:row;grid-template-columns:repeat(2,minmax(0,1fr))}.tiles li:last-child:nth-child(odd){grid-column:1/-1}}
.tiles li{border:1px solid var(--rule);border-left:3px solid var(--c,var(--rule));border-radius:8px;padding:11px 12px}
.tiles span{display:block;font-size:.82rem;line-height:1.35;color:var(--soft)}
.tiles strong{display:block;font-size:clamp(1.15rem,.9rem + .8vw,1.45rem);line-height:1.3;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.small{font-size:.88rem;color:var(--soft)}
.badge{display:inline-block;font-size:.76rem;font-weight:600;line-height:1;padding:5px 8px;border-radius:99px;border:1px solid currentColor;vertical-align:middle;white-space:nowrap}
.badge.high,.bad{color:var(--bad)}.badge.medium{color:var(--warn)}.badge.low{color:var(--faint)}.good{color:var(--good)}
.finding{border-top:1px solid var(--rule);padding:18px 0 6px;margin-top:18px}
.finding h3{margin:.5rem 0 .3rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:6px 18px;margin:.8rem 0}
dt{color:var(--soft)}dd{margin:0;min-width:0;overflow-wrap:anywhere}
@media (max-width:560px){dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 10px}}
ul.notes{padding-left:1.2rem;max-width:72ch}ul.notes li{margin:.35rem 0}
`;

const TABLES = `
.scroll{overflow-x:auto;margin:1rem 0;border:1px solid var(--rule);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
caption{text-align:left;overflow-wrap:anywhere;padding:10px 10px 2px;font-weight:600;color:var(--ink)}
th,td{padding:8px 10px;vertical-align:top;text-align:left}
thead th{font-size:.8rem;font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom:1px solid var(--rule)}
tbody tr+tr>*{border-top:1px solid var(--grid)}
tbody th{font-weight:500;min-width:8.5em;overflow-wrap:anywhere}
td.text{min-width:7em}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .number{white-space:normal}
@media (max-width:560px){th,td{padding:7px 8px}tbody th{min-width:6.6em}td.text{min-width:5.6em}}
.unit{font-weight:400;color:var(--faint);white-space:nowrap}
.interval{display:block;font-size:.8rem;color:var(--faint)}.again{color:var(--faint);font-weight:400}
.key{display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--c);margin-right:7px}
`;

const CHARTS = `
figure{margin:1.6rem 0 1.2rem;container-type:inline-size}
figcaption p{margin:.2rem 0 0;font-size:.88rem;color:var(--soft)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:.6rem 0 .4rem;padding:0;font-size:.86rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:7px;min-width:0}
.sample{flex:none}
.chart{margin-top:.6rem}.chart svg{display:block;width:100%;height:auto}
.narrow{display:none}
@container (max-width:560px){.sheet .wide{display:none}.sheet .narrow{display:block;max-width:480px}}
@container (max-width:385px){.panel .wide{display:none}.panel .narrow{display:block}}
@container (min-width:560px){.panel .chart{max-width:480px}}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:0 28px}
svg{overflow:hidden}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;fill:var(--ink)}
svg .tick,svg .faint{fill:var(--faint)}svg .axis-title,svg .mark-label{fill:var(--soft)}svg .category{font-weight:600}
.grid{stroke:var(--grid);fill:none}.axis{stroke:var(--faint);fill:none}
.line{stroke:var(--c);stroke-width:2;fill:none;stroke-linejoin:round}.line.thin{stroke-width:1;opacity:.45}.dashed{stroke-dasharray:5 4}
.dot{fill:var(--c);stroke:var(--paper);stroke-width:1}.dots{stroke:var(--c);stroke-width:4.4;stroke-linecap:round;fill:none;opacity:.75}
.ring{fill:var(--paper);stroke:var(--c);stroke-width:1.8}.cross{stroke:var(--c);stroke-width:1.8;fill:none}
.band{fill:var(--c);opacity:.18}.bar{fill:var(--c)}.stem{stroke:var(--c);stroke-width:1.5;opacity:.5}
.whisker{stroke:var(--ink);stroke-width:1.3;fill:none}
.mark{stroke:var(--faint);stroke-dasharray:2 3;fill:none}
.cell{fill:var(--c);fill-opacity:.24;stroke:var(--c);stroke-opacity:.55;stroke-width:.8}g:hover>.cell{fill-opacity:.4}
`;

const PRINT = `
@page{size:A4;margin:15mm 14mm}
@media print{html{color-scheme:light}body{background:none;font-size:10.5pt}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
nav{display:none}.layout{display:block;padding:0;max-width:none}header{border:0}header>div{padding:0 0 10px;max-width:none}main{padding:0}
section,.summary{border:0;border-top:1px solid var(--rule);border-radius:0;padding:16px 0 0;margin:0 0 18px}
p,li,figure,.tiles,table,.finding,dl{break-inside:avoid}h2,h3,h4,.lead,.small,caption,figcaption{break-after:avoid}thead{display:table-header-group}
.scroll{overflow:visible;border:0;margin:.6rem 0}table{font-size:7.8pt}th,td{padding:3px 5px}thead th,.interval{font-size:7pt}tbody th,td.text{min-width:5.5em;overflow-wrap:anywhere}.unit{white-space:normal}pre{white-space:pre-wrap;break-inside:avoid}
p{orphans:3;widows:3}a{color:inherit;text-decoration:none}}
`;

/** All style of a page. Colours are variables, so that charts follow light, dark and paper. */
export const STYLE = raw(COLORS + PAGE + TABLES + CHARTS + PRINT);
