"""The JSON Schema that editors get: valid, takes a good pack, refuses what the shapes refuse."""

import jsonschema
import pytest
import yaml
from tests.language.test_bad import BASE
from tests.language.test_shape import PART, THING

from duixian.language import shape as s
from duixian.language.pack_shapes import FILES, schemas


@pytest.mark.parametrize("kind", FILES)
def test_the_json_schema_is_valid_and_takes_the_base_pack(kind: str) -> None:
    schema = schemas()[kind]
    jsonschema.Draft202012Validator.check_schema(schema)
    path = BASE / f"{kind}.yaml"
    if path.exists():
        jsonschema.validate(yaml.load(path.read_text("utf-8"), yaml.CBaseLoader), schema)  # noqa: S506
    for nonsense in ("text", {"nonsense": "x"}, [{"nonsense": "x"}]):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(nonsense, schema)


def test_the_json_schema_refuses_what_the_shape_refuses() -> None:
    schema = s.json_schema(THING)
    good = {"id": "a", "colour": "red", "places": ["here"], "names": {"x": "y"}, "rest": 1}
    jsonschema.validate(good, schema)
    for bad in ({"colour": 1}, {"more": "x"}, {"places": []}, {"names": {"1": "y"}}, {"id": "A"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**good, **bad}, schema)
    jsonschema.validate("year.revenue", s.json_schema(PART))
