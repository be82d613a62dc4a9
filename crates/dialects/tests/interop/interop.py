"""Callboard's dialects against well-known libraries that know nothing of Callboard, in both directions.

Run by `cargo test --test interop`, which passes the program built from `examples/interop.rs`.
"""

import base64
import hashlib
import json
import subprocess
import sys
import time
import unittest
import uuid
from datetime import datetime, timedelta, timezone

import jwt
from cloudevents.core.bindings import http
from cloudevents.core.bindings.http import HTTPMessage
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook, WebhookVerificationError

API_KEY = "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11"
API_SECRET = "a text that is long enough for any library: 0123456789"
SKYPE = {"api_key": API_KEY, "api_secret": API_SECRET}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_SECRET = "whsec_" + base64.b64encode(b"a new one, of 32 bytes or more...").decode()
STATE = json.dumps(
    {
        "previousStage": {"value": "InterviewCreated", "metadata": "1 - Interview was created"},
        "currentStage": {"value": "SchedulingTime", "metadata": "2000 - Pending interviewer time selection"},
        "event": "State",
        "timestamp": "2018-02-26T17:50:17.4862382Z",
        "interviewCode": "1c519c56-1712-1e89-1c3e-743ecbedd117",
    }
)
EVENT = {
    "id": "evt_0000000000001",
    "type": "interview.created",
    "timestamp": "2026-02-01T12:00:00.1234567Z",
    "company": "com_0000000000002",
    "data": {"interview": {"id": "int_0000000000003", "stage": {"value": "SchedulingTime"}, "title": "Zweite Rünде"}},
}


class Callboard:
    """Our side: the example, asked line by line."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def ask(self, **job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def sign(self, dialect, credentials, body, **rotated):
        job = {"do": "sign", "dialect": dialect, "credentials": credentials, **rotated}
        return self.ask(**job, id="evt_0000000000001", at=int(time.time()), body=body)["headers"]

    def verify(self, dialect, credentials, headers, body, **rotated):
        job = {"do": "verify", "dialect": dialect, "credentials": credentials, "headers": headers, **rotated}
        return self.ask(**job, now=int(time.time()), body=body)

    def parse(self, dialect, body):
        return self.ask(do="parse", dialect=dialect, body=body)

    def render(self, dialect):
        [body] = self.ask(do="render", dialect=dialect, event=EVENT)["bodies"]
        return body


CALLBOARD = Callboard(sys.argv[1])


class SkypeAgainstPyJwt(unittest.TestCase):
    def claims(self, **changed):
        now = int(time.time())
        sub = hashlib.sha256(STATE.encode()).hexdigest()
        return {"jti": str(uuid.uuid4()), "iss": API_KEY, "iat": now, "sub": sub, "exp": now + 10, **changed}

    def verify(self, token, body=STATE):
        return CALLBOARD.verify("skype", SKYPE, {"Authorization": f"Bearer {token}"}, body)

    def test_pyjwt_accepts_what_we_sign(self):
        scheme, token = CALLBOARD.sign("skype", SKYPE, STATE)["authorization"].split(" ")
        self.assertEqual(scheme, "Bearer")
        required = ["jti", "iss", "iat", "sub", "exp"]
        claims = jwt.decode(token, API_SECRET, algorithms=["HS256"], issuer=API_KEY, options={"require": required})
        self.assertEqual(claims["sub"], hashlib.sha256(STATE.encode()).hexdigest())
        self.assertEqual(claims["exp"] - claims["iat"], 10)
        self.assertEqual(str(uuid.UUID(claims["jti"])), claims["jti"])
        with self.assertRaises(jwt.InvalidSignatureError):
            jwt.decode(token, API_SECRET + "!", algorithms=["HS256"])

    def test_we_accept_what_pyjwt_signs(self):
        claims = self.claims()
        answer = self.verify(jwt.encode(claims, API_SECRET, algorithm="HS256"))
        self.assertEqual(answer, {"authentic": True, "unique": claims["jti"]})
        self.assertEqual(CALLBOARD.parse("skype", STATE), {"label": "State SchedulingTime", "observations": 1})

    def test_we_refuse_what_pyjwt_signs_otherwise(self):
        now = int(time.time())
        for code, token in {
            "algorithm": jwt.encode(self.claims(), None, algorithm="none"),
            "signature": jwt.encode(self.claims(), API_SECRET + "!", algorithm="HS256"),
            "issuer": jwt.encode(self.claims(iss=str(uuid.uuid4())), API_SECRET, algorithm="HS256"),
            "clock": jwt.encode(self.claims(exp=now - 120), API_SECRET, algorithm="HS256"),
            "body": jwt.encode(self.claims(sub=hashlib.sha256(b"").hexdigest()), API_SECRET, algorithm="HS256"),
        }.items():
            self.assertEqual(self.verify(token)["code"], code)
        hs512 = jwt.encode(self.claims(), API_SECRET * 2, algorithm="HS512")
        self.assertEqual(self.verify(hs512)["code"], "algorithm")

    def test_a_body_that_python_re_serialised_is_named(self):
        sent = json.dumps(json.loads(STATE), separators=(",", ":"))
        token = jwt.encode(self.claims(sub=hashlib.sha256(sent.encode()).hexdigest()), API_SECRET, algorithm="HS256")
        self.assertTrue(self.verify(token, sent)["authentic"])
        for arrived in (json.dumps(json.loads(sent)), json.dumps(json.loads(sent), indent=2)):
            answer = self.verify(token, arrived)
            self.assertEqual(answer["code"], "body")
            self.assertIn("re-serialised", answer["why"])


def rotated(minutes):
    """The old secret, which counts for so many minutes still."""
    until = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    return {"credentials": {"secret": SECRET}, "until": until.isoformat().replace("+00:00", "Z")}


class NativeFormAgainstStandardWebhooks(unittest.TestCase):
    def test_the_library_accepts_what_we_sign(self):
        body = CALLBOARD.render("standard")
        for credentials in ({"secret": SECRET}, {"secrets": ["whsec_" + base64.b64encode(b"another" * 4).decode(), SECRET]}):
            headers = CALLBOARD.sign("standard", credentials, body)
            self.assertEqual(Webhook(SECRET).verify(body, headers), json.loads(body))
            with self.assertRaises(WebhookVerificationError):
                Webhook(SECRET).verify(body + " ", headers)

    def test_we_accept_what_the_library_signs(self):
        body = CALLBOARD.render("standard")
        for dialect in ("standard", "cloudevents", "hirehive"):
            headers = self.signed(body)
            answer = CALLBOARD.verify(dialect, {"secret": SECRET}, headers, body)
            self.assertEqual(answer, {"authentic": True, "unique": "msg_1"})
            self.assertEqual(CALLBOARD.verify(dialect, {"secret": SECRET}, headers, body + " ")["code"], "signature")
        self.assertEqual(CALLBOARD.parse("standard", body), {"label": "interview.created", "observations": 1})

    def test_while_a_secret_takes_over_the_library_accepts_us_with_either_and_afterwards_with_the_new_one(self):
        for dialect in ("standard", "cloudevents", "hirehive"):
            headers = CALLBOARD.sign(dialect, {"secret": NEW_SECRET}, STATE, rotated=rotated(minutes=1))
            self.assertEqual(headers["webhook-signature"].count("v1,"), 2)
            for secret in (NEW_SECRET, SECRET):
                Webhook(secret).verify(STATE, headers)
            headers = CALLBOARD.sign(dialect, {"secret": NEW_SECRET}, STATE, rotated=rotated(minutes=-1))
            Webhook(NEW_SECRET).verify(STATE, headers)
            with self.assertRaises(WebhookVerificationError):
                Webhook(SECRET).verify(STATE, headers)

    def test_while_a_secret_takes_over_we_accept_the_library_with_either_and_afterwards_with_the_new_one(self):
        for secret, minutes, authentic in ((NEW_SECRET, 1, True), (SECRET, 1, True), (NEW_SECRET, -1, True), (SECRET, -1, False)):
            headers = self.signed(STATE, secret)
            answer = CALLBOARD.verify("hirehive", {"secret": NEW_SECRET}, headers, STATE, rotated=rotated(minutes))
            self.assertEqual(answer["authentic"], authentic)

    def signed(self, body, secret=SECRET):
        now = datetime.now(timezone.utc)
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign("msg_1", now, body),
        }

    def test_the_library_accepts_what_we_sign_for_hirehive(self):
        headers = CALLBOARD.sign("hirehive", {"secret": SECRET}, STATE)
        self.assertEqual(Webhook(SECRET).verify(STATE, headers), json.loads(STATE))


class CloudEventsAgainstTheSdk(unittest.TestCase):
    def test_the_sdk_reads_what_we_tell(self):
        body = CALLBOARD.render("cloudevents")
        headers = CALLBOARD.sign("cloudevents", {"secret": SECRET}, body)
        event = http.from_http_event(HTTPMessage(headers=headers, body=body.encode()))
        self.assertEqual(event.get_type(), "callboard.interview.created")
        self.assertEqual(event.get_source(), "https://hub.example/companies/com_0000000000002")
        self.assertEqual(event.get_subject(), "int_0000000000003")
        self.assertEqual(event.get_time().isoformat(timespec="seconds"), "2026-02-01T12:00:00+00:00")
        self.assertEqual(event.get_data(), EVENT["data"])

    def test_we_read_what_the_sdk_tells(self):
        attributes = {"type": "interview.created", "source": "/rooms/42", "id": "1", "time": datetime.now(timezone.utc)}
        data = {"interview": {"id": "room-42", "title": "Second round"}}
        message = http.to_structured_event(CloudEvent(attributes, data))
        answer = CALLBOARD.parse("cloudevents", message.body.decode())
        self.assertEqual(answer, {"label": "interview.created", "observations": 1})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
