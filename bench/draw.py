# SPDX-License-Identifier: Apache-2.0
"""Line charts as SVG, both axes logarithmic: what bench/all shows in docs/benchmarks.md."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 80, 150, 46, 56
# Told apart by colour-blind readers, and by their marks in print.
STYLES = {"ours": ("#0b6e4f", "circle"), "reference": ("#c1440e", "square"),
          "reference, unchecked": ("#8a6d00", "diamond"), "floor": ("#555555", "bar")}
POWERS = {0: "1", 1: "10", 2: "100", 3: "1,000", 4: "10,000", 5: "100,000", 6: "1 million", 7: "10 million"}


def power_name(power):
    return POWERS.get(power, f"{10.0 ** power:g}")


def bounds(values):
    return math.floor(math.log10(min(values)) + 1e-9), max(math.ceil(math.log10(max(values)) - 1e-9),
                                                           math.floor(math.log10(min(values)) + 1e-9) + 1)


def mark(shape, x, y, colour):
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if shape == "square":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'
    if shape == "diamond":
        return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" fill="{colour}"/>'
    return f'<rect x="{x - 1:.1f}" y="{y - 5:.1f}" width="2" height="10" fill="{colour}"/>'


def chart(title, x_name, y_name, lines):
    """`lines`: a list of (x, y) for each name in STYLES."""
    points = [point for line in lines.values() for point in line]
    x_low, x_high = bounds([x for x, _ in points])
    y_low, y_high = bounds([y for _, y in points])
    at_x = lambda x: LEFT + (math.log10(x) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)
    at_y = lambda y: HEIGHT - BOTTOM - (math.log10(y) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           f'font-size="13" role="img"><title>{escape(title)}</title>',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="26" font-size="16">{escape(title)}</text>']
    for power in range(x_low, x_high + 1):
        x = at_x(10.0 ** power)
        out.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e0e0e0"/>'
                   f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{power_name(power)}</text>')
    for power in range(y_low, y_high + 1):
        y = at_y(10.0 ** power)
        out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e0e0e0"/>'
                   f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{power_name(power)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(x_name)}</text>')
    out.append(f'<text transform="translate(18 {HEIGHT / 2:.0f}) rotate(-90)" text-anchor="middle">{escape(y_name)}</text>')
    for row, (name, line) in enumerate(lines.items()):
        colour, shape = STYLES[name]
        path = "L".join(f"{at_x(x):.1f} {at_y(y):.1f}" for x, y in line)
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [mark(shape, at_x(x), at_y(y), colour) for x, y in line]
        y = TOP + 16 + 22 * row
        out.append(mark(shape, WIDTH - RIGHT + 14, y - 4, colour)
                   + f'<text x="{WIDTH - RIGHT + 24}" y="{y}">{escape(name)}</text>')
    return "\n".join(out + ["</svg>", ""])
