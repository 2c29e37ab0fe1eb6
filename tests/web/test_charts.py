"""Charts: always well-formed, escaped, finite and true to their numbers, on pages and in print."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_portal.web import charts, palette
from planning_portal.web.charts.flow import node_sizes
from planning_portal.web.charts.strip import RADIUS, _levels, _x
from planning_portal.web.charts.svg import plain, wrapped
from planning_portal.web.style import pictures

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "d", "viewBox", "stroke-width"}
ZONES = [hue.key.upper() for hue in palette.ZONES]
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
amounts = st.floats(0, 1e9, allow_nan=False) | st.integers(0, 10**9)


def parsed(svg):
    root = ElementTree.fromstring(svg)  # noqa: S314 (our own words)
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    assert root.get("role") in {"img", "group"}
    for element in root.iter():
        for name in DRAWN & element.attrib.keys():
            assert not re.search("nan|inf", element.get(name))
        assert "style" not in element.attrib
    return root


@pytest.mark.parametrize("target", ["page", "print"])
def test_each_chart_is_well_formed(target):
    for name, svg in pictures(target).items():
        root = parsed(svg)
        assert root[0].text, name


def test_print_carries_its_own_colours_and_face():
    for svg in pictures("print").values():
        root = parsed(svg)
        assert root.get("font-family") == "Source Sans Pro"
        for element in root.iter():
            if element.tag != f"{SVG}svg":
                assert "class" not in element.attrib
        assert "var(" not in svg
        assert "font:" not in svg


def test_page_takes_every_class_from_the_stylesheet(stylesheet):
    used = {
        name
        for svg in pictures("page").values()
        for value in re.findall(r'class="([^"]+)"', svg)
        for name in value.split()
    }
    assert {name for name in used if f".{name}" not in stylesheet} == set()


@given(words, words, words)
def test_labels_are_escaped(title, name, label):
    group = charts.TileGroup("LA", name, [charts.Tile("<b", label, 0, 0, "done", label, "/a?b=1&c=2")])
    root = parsed(charts.tile_grid([group], title=title, description=name))
    assert root.get("role") == "group"
    assert root[0].text or not title
    parsed(charts.matrix([name], [charts.Column(label, name)], [[1]], title=title))
    parsed(charts.bars([2027], [charts.Series(name, [1]), charts.Series(label, [2])], title=title))


@given(st.lists(st.lists(amounts, min_size=3, max_size=3), min_size=1, max_size=6))
def test_bars_add_up(rows):
    series = [charts.Series(f"s{number}", row, ZONES[number % 5]) for number, row in enumerate(rows)]
    root = parsed(charts.bars([1, 2, 3], series, title="t"))
    heights = [0.0, 0.0, 0.0]
    for group in root.iter(f"{SVG}g"):
        year = int(group[0].text.split(",")[0])
        heights[year - 1] += float(next(group.iter(f"{SVG}rect")).get("height"))
    totals = [sum(float(row[year]) for row in rows) for year in range(3)]
    largest = max(totals)
    for total, height in zip(totals, heights, strict=True):
        expected = 170 * total / largest if largest else 0
        assert height == pytest.approx(expected, abs=0.01 * len(rows) + 0.01)


def test_negative_amount_is_refused():
    with pytest.raises(ValueError, match="negative"):
        charts.bars([2027], [charts.Series("a", [-1])], title="t")
    with pytest.raises(ValueError, match="negative"):
        charts.flow([[charts.Node("a", "a")], [charts.Node("b", "b")]], [charts.Link("a", "b", -1)], title="t")


def links_of(data, sources, targets):
    return [charts.Link(f"s{s}", f"t{t}", value) for (s, t), value in data.items() if s < sources and t < targets]


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(0, 1000), max_size=12),
)
def test_flow_keeps_its_widths(sources, targets, data):
    columns = [
        [charts.Node(f"s{number}", "s") for number in range(sources)],
        [charts.Node(f"t{number}", "t") for number in range(targets)],
    ]
    links = links_of(data, sources, targets)
    root = parsed(charts.flow(columns, links, title="t"))
    ribbons = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("class")]
    assert len(ribbons) == len(links)
    for ribbon in ribbons:
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", ribbon)]
        y1, y2, y2_below, y1_below = numbers[1], numbers[7], numbers[8], numbers[-1]
        assert y1_below - y1 == pytest.approx(y2_below - y2, abs=0.03)
    sizes = node_sizes(columns, links)
    for node in columns[0]:
        assert sizes[node.key] == sum(link.value for link in links if link.source == node.key)
    assert sum(sizes[node.key] for node in columns[0]) == sum(sizes[node.key] for node in columns[1])


def test_flow_refuses_a_link_from_nowhere():
    with pytest.raises(KeyError):
        charts.flow([[charts.Node("a", "a")]], [charts.Link("a", "b", 1)], title="t")


@given(st.dictionaries(st.sampled_from(ZONES), st.floats(0, 1), max_size=5))
def test_dots_of_a_strip_cover_nobody(shares):
    root = parsed(charts.strip(shares, title="t"))
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle")]
    assert len(dots) == len(shares)
    for number, (x, y) in enumerate(dots):
        for other_x, other_y in dots[number + 1 :]:
            assert (x - other_x) ** 2 + (y - other_y) ** 2 >= (2 * RADIUS - 0.1) ** 2


def test_levels_of_a_strip_are_as_few_as_needed():
    assert _levels([0.1, 0.5, 0.9]) == [0, 0, 0]
    assert _levels([0.5, 0.5, 0.5]) == [0, 1, 2]
    assert _x(-1) == _x(0)


@given(st.lists(st.lists(st.integers(0, 500) | st.none(), min_size=2, max_size=2), min_size=1, max_size=6))
def test_matrix_says_every_number_and_no_suppressed_one(rows):
    columns = [charts.Column("LA", "Latin America", "LA"), charts.Column("XX", "Elsewhere")]
    labels = [f"row {number}" for number in range(len(rows))]
    root = parsed(charts.matrix(labels, columns, rows, title="t", suppressed="<3"))
    said = [text.text for text in root.iter(f"{SVG}text")]
    for value in (value for row in rows for value in row):
        assert ("<3" if value is None else str(value)) in said


@given(st.text(max_size=200), st.floats(20, 300), st.integers(1, 4))
def test_wrapped_label_has_few_short_lines(label, width, most):
    lines = wrapped(label, width, 11, most)
    room = max(4, int(width / (11 * 0.54)))
    assert 1 <= len(lines) <= most
    assert all(len(line) <= room + 2 for line in lines)


def test_short_label_is_not_cut():
    assert wrapped("Health and universal social protection", 124, 11) == ["Health and universal", "social protection"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="cannot draw"):
        plain(value)


def test_charts_with_nothing_in_them():
    parsed(charts.tile_grid([], title="t"))
    parsed(charts.matrix([], [], [], title="t"))
    parsed(charts.bars([], [], title="t"))
    parsed(charts.strip({}, title="t"))
    parsed(charts.flow([], [], title="t"))


def test_zone_of_no_colour_is_told_by_its_code():
    svg = charts.strip({"ZZ": 0.5}, title="t")
    assert "ZZ" in svg
    assert palette.hue_of("zz") == palette.NONE
