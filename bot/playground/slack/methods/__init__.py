"""The Web API's methods, by name."""

from collections.abc import Callable

from bot.playground.slack.args import Args
from bot.playground.slack.methods import chat, conversations, files, users, views
from bot.playground.slack.methods.basic import api_test, auth_test
from bot.playground.slack.values import Json
from bot.playground.slack.workspace import Workspace

Method = Callable[[Workspace, Args], Json]

METHODS: dict[str, Method] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.listed,
    "conversations.members": conversations.members,
    "conversations.open": conversations.opened,
    "conversations.replies": conversations.replies,
    "files.completeUploadExternal": files.complete_upload,
    "files.getUploadURLExternal": files.upload_url,
    "files.info": files.info,
    "usergroups.list": users.usergroups,
    "usergroups.users.list": users.usergroup_users,
    "users.conversations": conversations.of_user,
    "users.info": users.info,
    "users.list": users.listed,
    "views.open": views.opened,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}

SCOPES = {
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.join": "channels:join",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
}
"""The scope that a whole method needs; those of `conversations.*` depend on the kind of conversation."""

FORM_ONLY = frozenset(
    {
        "chat.getPermalink",
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.members",
        "conversations.replies",
        "files.getUploadURLExternal",
        "files.info",
        "usergroups.list",
        "usergroups.users.list",
        "users.conversations",
        "users.info",
        "users.list",
    }
)
"""Methods that take a form alone; a JSON body is not looked at (docs: "Content types" of each method)."""
