// The picture of docs/performance.md: CPU time per request, a bar for each Worker, with its least and most.

const [width, left, right, top, step, bar] = [960, 420, 150, 66, 44, 22];

export function plot(traffic) {
  const most = Math.max(...traffic.map(({ cpu }) => cpu.most));
  const unit = niceStep(most / 5);
  const end = Math.ceil(most / unit) * unit;
  const x = (value) => round(left + (value / end) * (width - left - right));
  const bottom = top + traffic.length * step;
  const ticks = Array.from({ length: end / unit + 1 }, (_, i) => i * unit);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 44}" role="img" aria-labelledby="title desc" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="14">
<title id="title">CPU time per request</title>
<desc id="desc">${traffic.map(({ what, cpu }) => `${escaped(what)}: ${cpu.median.toFixed(0)} µs`).join("; ")}.</desc>
<style>
  .sheet { fill: #fff }
  .name { fill: #1c2430 }
  .soft { fill: #566273; font-size: 12.5px }
  .grid { stroke: #d5dbe3 }
  .other { fill: #9aa7b8 }
  .ours { fill: #0b6b54 }
  .span { stroke: #1c2430; stroke-width: 1.4; fill: none }
  .strong { font-weight: 650 }
  @media (prefers-color-scheme: dark) {
    .sheet { fill: #12171f }
    .name { fill: #e8ecf2 }
    .soft { fill: #a3afbf }
    .grid { stroke: #2c3542 }
    .other { fill: #566273 }
    .ours { fill: #3fae8f }
    .span { stroke: #e8ecf2 }
  }
</style>
<rect class="sheet" width="${width}" height="${bottom + 44}" rx="10"/>
<text class="name strong" x="20" y="30">CPU time of workerd per request, µs</text>
<text class="soft" x="20" y="50">median of all rounds; the line spans least to most; × is the ratio to the bare pass-through</text>
${ticks.map((tick) => `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/><text class="soft" x="${x(tick)}" y="${bottom + 20}" text-anchor="middle">${tick}</text>`).join("\n")}
${traffic.map((variant, i) => line(variant, top + i * step + step / 2, x)).join("\n")}
</svg>
`;
}

function line({ name, what, cpu }, y, x) {
  const ours = what.startsWith("Edgeward");
  const cap = (value) => `M${x(value)} ${y - 5}v10`;
  return [
    `<text class="name${name === "edgeward" ? " strong" : ""}" x="${left - 12}" y="${y + 5}" text-anchor="end">${escaped(what)}</text>`,
    `<rect class="${ours ? "ours" : "other"}" x="${left}" y="${y - bar / 2}" width="${round(x(cpu.median) - left)}" height="${bar}" rx="3"/>`,
    `<path class="span" d="M${x(cpu.least)} ${y}H${x(cpu.most)}${cap(cpu.least)}${cap(cpu.most)}"/>`,
    `<text class="name" x="${width - right + 24}" y="${y + 5}">${cpu.median.toFixed(0)} <tspan class="soft">× ${cpu.toBare.median.toFixed(2)}</tspan></text>`,
  ].join("");
}

const round = (value) => Math.round(value * 10) / 10;

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least);
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
