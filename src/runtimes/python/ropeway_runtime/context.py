"""The `context` of a call: a dict as on Tencent SCF, with attributes as on AWS Lambda."""

from __future__ import annotations

from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    _Base = Dict[str, Any]
else:
    _Base = dict


class Fields(_Base):
    """A part of the context: its keys are attributes, too; one that is not there is None, as AWS has it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)


class Context(_Base):
    """`context["request_id"]` and `context.request_id` are the same; attributes are read-only."""

    def __init__(
        self, values: dict[str, Any], *, name: str, memory: int, timeout: float, request_id: str
    ) -> None:
        name = values.get("function_name") or name
        super().__init__(
            request_id=request_id,
            aws_request_id=request_id,
            function_name=name,
            function_version="$LATEST",
            namespace="default",
            memory_limit_in_mb=memory,
            time_limit_in_ms=int(timeout * 1000),
            invoked_function_arn=f"arn:aws:lambda:local:123456789012:function:{name}",
            log_group_name=f"/aws/lambda/{name}",
            log_stream_name="local",
            identity={},
            client_context=None,
        )
        self.update(values)
        self["identity"] = Fields(self["identity"] or {})
        client_context = self["client_context"]
        if isinstance(client_context, dict):
            fields = Fields(client_context)
            if isinstance(fields.client, dict):
                fields["client"] = Fields(fields.client)
            self["client_context"] = fields
        object.__setattr__(self, "_deadline", monotonic() + timeout)

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the platform ends this call; never negative."""
        deadline: float = object.__getattribute__(self, "_deadline")
        return max(0, int((deadline - monotonic()) * 1000))

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"context has no {name!r}; it has {', '.join(sorted(self))}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"context is read-only: {name!r} cannot be set")
