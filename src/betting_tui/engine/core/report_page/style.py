"""How the page looks: light or dark as the reader's system is, always light on paper."""

_LIGHT = """
  --paper: #ffffff; --ink: #1c2024; --soft: #60646c; --rule: #d9dce0; --band: #f4f5f7;
  --actual: #1a4fa3; --expected: #a35200; --close: #2f6f44; --fall: #b3261e; --warn: #8a5a00;
"""
_DARK = """
  --paper: #14171a; --ink: #e6e8ea; --soft: #9ba1a8; --rule: #33383d; --band: #1d2125;
  --actual: #8ab4ff; --expected: #ffb066; --close: #7fd19b; --fall: #ff8a80; --warn: #ffcf70;
"""

STYLE = f"""
:root {{ color-scheme: light dark; {_LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; padding: 1.5rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}}
h1 {{ font-size: 1.5rem; margin: 0; }}
h2 {{ font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--rule); }}
h3 {{ font-size: .95rem; margin: 0 0 .25rem; color: var(--soft); }}
.about, .legend, footer {{ color: var(--soft); }}
.about {{ margin: 0 0 1rem; }}
.words p {{ margin: .2rem 0; }}
.words p:first-child {{ font-size: 1.1rem; font-weight: 600; }}
.warning {{ border-left: 4px solid var(--warn); padding-left: .75rem; margin: .6rem 0; }}
.chart {{ display: block; width: 100%; height: auto; }}
.chart.square {{ max-width: 24rem; }}
.grid {{ stroke: var(--rule); stroke-width: 1; }}
.zero {{ stroke: var(--soft); stroke-width: 1.5; }}
.tick {{ fill: var(--soft); font-size: 12px; }}
.middle {{ text-anchor: middle; }}
.end {{ text-anchor: end; }}
.curve {{ fill: none; stroke-width: 2; stroke-linejoin: round; }}
.actual {{ stroke: var(--actual); }}
.expected {{ stroke: var(--expected); stroke-dasharray: 9 4; }}
.close {{ stroke: var(--close); stroke-dasharray: 2 4; }}
.fall {{ stroke: var(--fall); }}
.fall-area {{ fill: var(--fall); opacity: .18; }}
.whisker {{ stroke: var(--actual); stroke-width: 1.5; }}
.dot {{ fill: var(--actual); stroke: var(--actual); stroke-width: 1.5; }}
.dot.few {{ fill: var(--paper); }}
.legend {{ margin: .25rem 0; }}
.legend span {{ margin-right: 1.5rem; white-space: nowrap; }}
.facts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1.25rem 2rem; }}
dl {{ margin: 0; display: grid; grid-template-columns: 9.5rem 1fr; gap: .1rem .75rem; }}
dt {{ color: var(--soft); }}
dd {{ margin: 0; }}
.wide-table {{ overflow-x: auto; margin: 0 0 1.25rem; font-size: .9rem; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: right; padding: .25rem .6rem; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }}
thead th {{ border-bottom: 2px solid var(--rule); color: var(--soft); font-weight: 600; }}
tbody tr:nth-child(even) {{ background: var(--band); }}
tfoot td {{ border-top: 2px solid var(--rule); font-weight: 600; }}
footer {{ margin-top: 2rem; font-size: .85rem; border-top: 1px solid var(--rule); padding-top: .5rem; }}
@page {{ size: A4; margin: 15mm; }}
@media print {{
  :root {{ color-scheme: light; {_LIGHT} }}
  body {{ max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  section, table, .chart {{ break-inside: avoid; }}
  section.long, section.long table {{ break-inside: auto; }}
  thead {{ display: table-header-group; }}
  tfoot {{ display: table-row-group; }}
  tr {{ break-inside: avoid; }}
  h2, h3 {{ break-after: avoid; }}
  .wide-table {{ overflow: visible; }}
  th, td {{ padding: .15rem .35rem; font-size: 8pt; }}
}}
"""
