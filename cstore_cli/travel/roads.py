"""A road network, and the fastest paths between many of its nodes."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from cstore_cli.errors import Fault, InputError
from cstore_cli.travel.arrays import Floats, Ints
from cstore_cli.travel.faults import refuse
from cstore_cli.travel.lexicographic import decode, encode, metre_bits
from cstore_cli.travel.periods import Period
from cstore_cli.travel.road_tables import sound_links, sound_nodes

Link = tuple[str, str]
"""A directed link, from node to node."""

CELLS_PER_BLOCK = 2**24
"""Sources are searched in blocks of so many distances (128 MiB)."""


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """
    Nodes (n,) in degrees and directed links (m,), none from a node to itself.

    Link k goes from node ``start[k]`` to node ``end[k]``; ``duration_min`` has its
    minutes in each period, in a peak never less than free-flow. Links may be
    parallel. ``row[k]`` is the link's row in the table it was read from.
    """

    node_ids: tuple[str, ...]
    lat: Floats
    lon: Floats
    start: Ints
    end: Ints
    length_km: Floats
    duration_min: dict[Period, Floats]
    row: Ints

    @classmethod
    def from_frames(cls, nodes: pl.DataFrame, links: pl.DataFrame) -> Self:
        """
        Read the road tables; node ids may be numbers or text.

        Parameters
        ----------
        nodes
            Rows node, lon, lat.
        links
            Rows from_node, to_node, length_km, freeflow_min and, where known,
            am_time_min and pm_time_min; one that is null or below free-flow is
            read as free-flow. Other columns are ignored.

        Raises
        ------
        InputError
            When a link's node is unknown, a length or time is missing or negative,
            a node comes twice or is not on the earth, or there is no link.
        """
        nodes = sound_nodes(nodes)
        links = sound_links(links, nodes).with_row_index("row")
        links = links.filter(pl.col("start") != pl.col("end"))
        freeflow = links["freeflow_min"].to_numpy()
        return cls(
            node_ids=tuple(nodes["node"]),
            lat=nodes["lat"].to_numpy(),
            lon=nodes["lon"].to_numpy(),
            start=links["start"].to_numpy(),
            end=links["end"].to_numpy(),
            length_km=links["length_km"].to_numpy(),
            duration_min={
                "freeflow": freeflow,
                "am": np.fmax(links["am_time_min"].to_numpy(), freeflow),
                "pm": np.fmax(links["pm_time_min"].to_numpy(), freeflow),
            },
            row=links["row"].cast(pl.Int64).to_numpy(),
        )

    def without(self, closed_links: Collection[Link]) -> Self:
        """
        Return the network less the closed links, all parallel ones of a pair.

        Raises
        ------
        InputError
            When a closed link is not in the network.
        """
        if not closed_links:
            return self
        index_of = {node: i for i, node in enumerate(self.node_ids)}
        n = len(self.node_ids)
        code = self.start * n + self.end
        code_of = {
            (a, b): index_of[a] * n + index_of[b] if {a, b} <= index_of.keys() else -1
            for a, b in closed_links
        }
        known = set(code.tolist())
        refuse(
            "closures",
            [
                Fault("closures", None, "from_node, to_node", f"no link {a} to {b}")
                for (a, b), closed in code_of.items()
                if closed not in known
            ],
        )
        left = ~np.isin(code, list(code_of.values()))
        return replace(
            self,
            start=self.start[left],
            end=self.end[left],
            length_km=self.length_km[left],
            duration_min={p: t[left] for p, t in self.duration_min.items()},
            row=self.row[left],
        )

    def fastest(
        self, nodes: Ints, period: Period = "freeflow", to: Ints | None = None
    ) -> tuple[Floats, Floats]:
        """
        Return km and minutes (k, l) of the fastest paths from ``nodes`` (k,).

        They lead ``to`` nodes (l,), or where none are named to the same ones (k,).

        Of paths equally fast the shortest; nan where there is none. Minutes are
        summed to 0.0001, km to 0.001, per link. Dijkstra (1959),
        doi:10.1007/BF01386390, from each node; see lexicographic.py.

        Raises
        ------
        InputError
            When a path takes so long (weeks, in a city) that it cannot be summed.
        """
        num_nodes = len(self.node_ids)
        graph, _, bits = self.fastest_links(period)
        ends = nodes if to is None else to
        weight = np.empty((len(nodes), len(ends)))
        block = max(1, CELLS_PER_BLOCK // max(1, num_nodes))
        for first in range(0, len(nodes), block):
            rows = slice(first, first + block)
            weight[rows] = dijkstra(graph, indices=nodes[rows])[:, ends]
        try:
            minutes, km = decode(weight, bits)
        except OverflowError as fault:
            raise InputError(f"road links: {fault}; are the times minutes?") from fault
        return km, minutes

    def fastest_links(self, period: Period) -> tuple[csr_array, Ints, int]:
        """
        Return the graph of each pair's link of least weight, in lexicographic weights.

        With it, the link of each cell of its data, and the bits of its metres.
        """
        n = len(self.node_ids)
        bits = metre_bits(self.start, self.length_km, n)
        weight = encode(self.duration_min[period], self.length_km, bits)
        order = np.lexsort((weight, self.end, self.start))
        start, end = self.start[order], self.end[order]
        is_new = np.ones(len(order), dtype=np.bool_)
        is_new[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        link = order[is_new]
        begins = np.searchsorted(start[is_new], np.arange(n + 1))
        graph = csr_array((weight[link], end[is_new], begins), shape=(n, n))
        return graph, link, bits
