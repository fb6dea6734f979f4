"""The road tables as files."""

import pytest

from cstore_cli.settings.values import TableSource
from cstore_cli.tables.network import RoadLinks
from cstore_cli.tables.read import read_table


@pytest.fixture
def links(tmp_path):
    def read(shape):
        path = tmp_path / "links.csv"
        path.write_text(
            "from_node,to_node,length_km,freeflow_min,geom_lonlat\n"
            f'1,2,0.3,1.2,"{shape}"\n'
        )
        return read_table(TableSource(path=str(path)), RoadLinks, "UTC")

    return read


@pytest.mark.parametrize("shape", ["", "121.5,25.0 121.6,25", "-0.5,-8 -0.4,-8.1 0,0"])
def test_a_link_may_tell_how_it_runs(links, shape):
    """Or leave it."""
    assert links(shape).frame["geom_lonlat"].to_list() == [shape or None]


@pytest.mark.parametrize("shape", ["121.5,25.0", "121.5 25.0", "LINESTRING (1 2, 3 4)"])
def test_what_is_no_line_is_told(links, shape):
    """With one that is."""
    [fault] = links(shape).faults
    assert (fault.line, fault.column) == (2, "geom_lonlat")
    assert "121.46086,25.16885 121.46090,25.16853" in fault.mend
