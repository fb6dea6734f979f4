"""Gates, criteria and judgements that partners cannot be ranked by."""

from collections.abc import Iterator

from cstore_cli.errors import Fault, InputError
from cstore_cli.partners.rank.ahp import weights_of
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.partners_rank import MEASURED, TERMS, Kind, RankedKind
from cstore_cli.settings.yaml_file import did_you_mean


def refuse_faults(settings: PartnersSettings) -> None:
    """
    Refuse settings that partners cannot be ranked by.

    Raises
    ------
    InputError
        With all `rank_faults`; and when no kind of partner is to be ranked at all.
    """
    if not settings.rank.kinds:
        raise InputError(
            "Nothing says how partners are ranked: write `kinds:` under `rank:` in the "
            "YAML, with criteria for each kind."
        )
    faults = list(rank_faults(settings))
    if faults:
        raise InputError(f"{len(faults)} fault(s) in the settings:", faults)


def rank_faults(settings: PartnersSettings) -> Iterator[Fault]:
    """
    Yield what of gates, criteria and judgements cannot be meant.

    Names that are neither terms nor facts, criteria that are texts, and judgements that
    contradict each other.
    """
    for kind, asked in settings.rank.kinds.items():
        yield from _faults(settings, kind, asked)
        try:
            weights_of(asked)
        except InputError as error:
            place = f"rank.kinds.{kind}.judgements"
            yield Fault("the YAML", None, place, str(error))


def _faults(
    settings: PartnersSettings, kind: Kind, asked: RankedKind
) -> Iterator[Fault]:
    own = [partner for partner in settings.partners.values() if partner.kind == kind]
    if not own:
        return
    facts = sorted({name for partner in own for name in partner.facts})
    names = [
        *((f"gates.{k}.of", gate.of, MEASURED) for k, gate in enumerate(asked.gates)),
        *(
            (f"criteria.{k}.name", one.name, TERMS)
            for k, one in enumerate(asked.criteria)
        ),
    ]
    for place, name, others in names:
        at = f"rank.kinds.{kind}.{place}"
        if name not in (*facts, *others):
            known = [*facts, *others]
            mend = did_you_mean(name, known) or f"known: {', '.join(known)}"
            what = f"{name!r} is no fact of any partner of this kind"
            yield Fault("the YAML", None, at, what, mend)
        elif others is TERMS and name not in TERMS:
            texts = [p.facts[name] for p in own if isinstance(p.facts.get(name), str)]
            if texts:
                what = f"{name} is a text ({texts[0]!r}), which nothing is ranked by"
                yield Fault(
                    "the YAML", None, at, what, "write figures, or make it a gate"
                )
