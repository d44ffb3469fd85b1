"""Credentials: what an account at Sinch is opened with, a service plan, a project or both."""

from typing import Annotated

from msgspec import Meta

from watchword.adapters.providers.kind import Credentials

_Address = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$")]
_Name = Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]*$")]
_Blank = Annotated[str, Meta(extra={"secret": True})]


class SinchCredentials(Credentials, frozen=True, kw_only=True):
    """A service plan for SMS, or a project with an app for the other channels, or both."""

    service_plan_id: Annotated[_Name, Meta(description="Service plan, for SMS.")] = ""
    api_token: Annotated[
        _Blank, Meta(pattern="^[!-~]*$", description="API token of the service plan.")
    ] = ""
    project_id: Annotated[_Name, Meta(description="Project, for WhatsApp, RCS and Viber.")] = ""
    app_id: Annotated[_Name, Meta(description="Conversation API app of the project.")] = ""
    key_id: Annotated[_Name, Meta(description="Access key of the project.")] = ""
    key_secret: Annotated[_Blank, Meta(description="Secret of the access key.")] = ""
    base_url: Annotated[
        _Address, Meta(description="Address of the SMS API in the plan's region.")
    ] = "https://us.sms.api.sinch.com"
    conversation_base_url: Annotated[
        _Address, Meta(description="Address of the Conversation API in the app's region.")
    ] = "https://us.conversation.api.sinch.com"
    auth_base_url: Annotated[_Address, Meta(description="Address that gives access tokens.")] = (
        "https://auth.sinch.com"
    )
    sender: Annotated[str, Meta(description="Sender of SMS where the route names none.")] = ""
    template: Annotated[str, Meta(description="WhatsApp template where the route names none.")] = ""
    sms_webhook_secret: Annotated[
        _Blank, Meta(description="Secret that the service plan signs callbacks with.")
    ] = ""
    conversation_webhook_secret: Annotated[
        _Blank, Meta(description="The app's secret for overridden callback URLs.")
    ] = ""
    receipts_username: Annotated[
        str,
        Meta(pattern="^[^:]*$", description="User name of unsigned SMS callbacks (HTTP Basic)."),
    ] = ""
    receipts_password: Annotated[
        _Blank, Meta(description="Password of unsigned SMS callbacks.")
    ] = ""
