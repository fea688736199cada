"""A real SMTP server on loopback, for tests. Tells what happens as lines of JSON and ends when its input does.

Arguments: a JSON object with "port" (0: any), "refuse" (an address), "user" and "password" (then both are demanded),
"certificate" (a file with key and certificate, for STARTTLS).
"""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

options = json.loads(sys.argv[1])


def tell(**event):
    print(json.dumps(event), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == options.get("refuse"):
            tell(event="refused", to=address)
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        tell(
            event="mail",
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            user=session.auth_data.login.decode() if session.auth_data else None,
            tls=session.ssl is not None,
            headers={name.lower(): str(value) for name, value in mail.items()},
            parts={kind: part if isinstance(part, str) else part.decode() for kind, part in parts.items()},
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, credentials):
    expected = (options["user"].encode(), options["password"].encode())
    if (credentials.login, credentials.password) == expected:
        return AuthResult(success=True, auth_data=credentials)
    tell(event="stranger")
    return AuthResult(success=False, handled=False)


def connection():
    context = None
    if options.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"])
    demands = bool(options.get("user"))
    return SMTP(
        Handler(),
        hostname="mail.test",
        enable_SMTPUTF8=True,
        tls_context=context,
        authenticator=authenticate if demands else None,
        auth_required=demands,
        auth_require_tls=False,
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", options.get("port", 0))
    tell(event="listening", port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
