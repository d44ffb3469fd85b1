"""Operations on templates: a project's own words, with a preview and what a message costs."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from watchword.domain.channel import Channel
from watchword.domain.message import compose
from watchword.domain.operator import Role
from watchword.domain.segments import Encoding, count_segments
from watchword.domain.template import WARNING, Template, check_template
from watchword.domain.texts import LOCALES
from watchword.edges.management.changing import change_settings
from watchword.edges.management.operation import (
    PROJECT,
    Call,
    Done,
    Nothing,
    Operation,
    Problem,
    Undo,
)

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=2000)]
SAMPLE_CODE = "048213"
ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}
"""Units of a message alone, and of each part of several."""


class Templates(Struct, frozen=True, kw_only=True):
    """The templates of a project, and the languages we have words in."""

    items: tuple[Template, ...]
    locales: tuple[str, ...]


class NewTemplate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template's text for a channel (none: any) and a locale."""

    template_id: Name
    channel: Channel | None = None
    locale: Annotated[str, Meta(min_length=2, max_length=35)] = "en"
    text: Text


class TemplatePlace(Struct, frozen=True, forbid_unknown_fields=True):
    """A template by its id, channel and locale."""

    template_id: Name
    channel: Channel | None = None
    locale: str = "en"


class Previewing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to see; the empty one shows our own words."""

    channel: Channel = Channel.SMS
    locale: Annotated[str, Meta(max_length=35)] = "en"
    text: Text = ""


class Preview(Struct, frozen=True, kw_only=True):
    """A message as a person gets it, and what it is billed as; `left` are units to the next segment."""

    text: str
    encoding: Encoding
    units: int
    segments: int
    left: int
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


async def list_templates(call: Call, _: Nothing) -> Templates:
    """Read a project's templates."""
    return Templates(items=call.of.settings.templates, locales=tuple(sorted(LOCALES)))


async def put_template(call: Call, new: NewTemplate) -> Done:
    """Add or change a template."""
    made = Template(
        template_id=new.template_id, channel=new.channel, locale=new.locale, text=new.text
    )
    before = {_key(known): known for known in call.of.settings.templates}
    changed = [*({**before, _key(made): made}).values()]
    await change_settings(call, {"templates": msgspec.to_builtins(changed)})
    known = before.get(_key(made))
    if known is not None:
        return Done("The template is changed.", Undo("put_template", _template_fields(known)))
    place = {k: v for k, v in _template_fields(made).items() if k != "text"}
    return Done("The template is kept.", Undo("remove_template", place))


async def remove_template(call: Call, which: TemplatePlace) -> Done:
    """Take a template out."""
    wanted = which.template_id, which.channel, which.locale
    gone = [known for known in call.of.settings.templates if _key(known) == wanted]
    if not gone:
        raise Problem(404, "not_found", "there is no such template")
    left = [known for known in call.of.settings.templates if _key(known) != wanted]
    await change_settings(call, {"templates": msgspec.to_builtins(left)})
    return Done("The template is gone.", Undo("put_template", _template_fields(gone[0])))


async def preview_template(call: Call, previewing: Previewing) -> Preview:
    """See a message and what it costs."""
    settings = call.of.settings
    template = Template(
        template_id="preview",
        channel=previewing.channel,
        locale=previewing.locale or "en",
        text=previewing.text,
    )
    content = compose(
        channel=previewing.channel,
        locale=template.locale,
        app_name=settings.app_name,
        minutes=max(1, settings.lifetime // 60),
        template=template if previewing.text else None,
        app_realm=None,
        origin=settings.origin,
    )
    problems = check_template(template) if previewing.text else []
    code = SAMPLE_CODE.ljust(settings.code_length, "7")[: settings.code_length]
    text = content.with_code(code)
    size = count_segments(text)
    alone, part = ROOM[size.encoding]
    room = alone if size.count == 1 else part * size.count
    return Preview(
        text=text,
        encoding=size.encoding,
        units=size.units,
        segments=size.count,
        left=room - size.units,
        faults=tuple(one for one in problems if not one.startswith(WARNING)),
        warnings=tuple(one.removeprefix(WARNING) for one in problems if one.startswith(WARNING)),
    )


def _key(template: Template) -> tuple[str, Channel | None, str]:
    return template.template_id, template.channel, template.locale


def _template_fields(template: Template) -> dict[str, Any]:
    return {
        "template_id": template.template_id,
        "channel": template.channel.value if template.channel else None,
        "locale": template.locale,
        "text": template.text,
    }


OPERATIONS = (
    Operation(
        name="list_templates",
        method="GET",
        path=f"{PROJECT}/templates",
        role=Role.VIEWER,
        summary="The templates of a project.",
        gives=Templates,
        run=list_templates,
    ),
    Operation(
        name="put_template",
        method="PUT",
        path=f"{PROJECT}/templates",
        role=Role.OWNER,
        summary="Add the text of a template for a channel and a locale, or change it.",
        takes=NewTemplate,
        run=put_template,
    ),
    Operation(
        name="remove_template",
        method="DELETE",
        path=f"{PROJECT}/templates",
        role=Role.OWNER,
        summary="Take a template's text out.",
        takes=TemplatePlace,
        run=remove_template,
    ),
    Operation(
        name="preview_template",
        method="POST",
        path=f"{PROJECT}/templates/preview",
        role=Role.VIEWER,
        summary="A message as a person gets it, with its segments, which are what is billed.",
        takes=Previewing,
        gives=Preview,
        run=preview_template,
    ),
)
