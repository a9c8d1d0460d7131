"""The API describes itself completely."""

import re

import pytest

ERRORS = {"400", "401", "403", "404", "409", "422", "429", "500", "503"}


@pytest.fixture
async def description(client):
    answer = await client.get("/schema/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations(description):
    return [
        (path, method, operation)
        for path, item in description["paths"].items()
        if path.startswith("/api/")
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


async def test_every_route_below_api_is_described(app, description):
    described = {(path, method.upper()) for path, method, _ in operations(description)}
    routes = {
        (re.sub(r":\w+}", "}", route.path), method)
        for route in app.app.routes
        if route.path.startswith("/api")
        for method in route.methods - {"OPTIONS", "HEAD"}
    }
    assert routes == described
    assert len(routes) > 45


async def test_every_operation_has_its_refusals_a_summary_a_tag_and_an_answer(description):
    tags = {tag["name"] for tag in description["tags"]}
    for path, method, operation in operations(description):
        where = f"{method} {path}"
        assert set(operation["responses"]) >= ERRORS, where
        assert set(operation["tags"]) <= tags, where
        assert operation["summary"], where
        assert operation["description"], where
        good = [code for code in operation["responses"] if code.startswith("2")]
        assert len(good) == 1, where
        if good != ["204"]:
            assert "application/json" in operation["responses"][good[0]]["content"], where
        for parameter in operation.get("parameters", []):
            assert parameter["schema"], where


async def test_refusals_have_the_envelope_and_an_example(description):
    operation = description["paths"]["/api/equipment/{equipment_id}"]["patch"]
    content = operation["responses"]["409"]["content"]["application/json"]
    assert content["schema"]["$ref"].endswith("/Failure")
    example = next(iter(content["examples"].values()))["value"]
    assert example["code"] == "CONFLICT"
    assert {"current", "base", "conflicts", "version"} <= set(example["details"])


async def test_login_is_public_and_everything_else_takes_a_bearer_token(description):
    assert description["security"] == [{"bearer": []}]
    for path, method, operation in operations(description):
        public = operation.get("security") == [{}]
        assert public == ((path, method) == ("/api/auth/login", "post"))


async def test_bodies_are_described_with_limits_and_examples(description):
    schemas = description["components"]["schemas"]
    body = description["paths"]["/api/equipment"]["post"]["requestBody"]
    name = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    schema = schemas[name]
    assert set(schema["required"]) == {"name", "sku", "category_id"}
    assert schema["properties"]["name"]["maxLength"] == 200
    assert schema["properties"]["name"]["examples"]
    record = schemas["EquipmentRecord"]["properties"]
    assert record["id"]["type"] == "integer"
    assert "daily_rate" in record
