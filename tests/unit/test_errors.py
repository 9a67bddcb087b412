from catalog import errors


def test_every_error_has_a_status():
    kinds = [
        k
        for k in vars(errors).values()
        if isinstance(k, type) and issubclass(k, errors.GongkaiError) and k is not errors.GongkaiError
    ]
    assert len(kinds) > 8
    assert {kind.__name__ for kind in kinds if kind not in errors.HTTP} == set()


def test_a_new_error_takes_its_ancestors_status():
    class Worse(errors.NotFound):
        pass

    assert errors.http_status(Worse("x")) == (404, "not_found")


def test_an_error_of_no_row_is_internal():
    assert errors.http_status(errors.GongkaiError("x")) == (500, "internal")
