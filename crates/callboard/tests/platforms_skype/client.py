"""An integration written for Skype Interviews, which knows nothing of Callboard: PyJWT, and what Microsoft documents.

Run by `cargo test --test platforms_skype`, which passes the address of a hub, an API key and its secret.
"""

import hashlib
import json
import sys
import time
import unittest
import urllib.error
import urllib.request
import uuid

import jwt

BASE, API_KEY, API_SECRET = sys.argv[1:4]


def token(body, secret=API_SECRET, **changed):
    now = int(time.time())
    claims = {"jti": str(uuid.uuid4()), "iss": API_KEY, "iat": now, "exp": now + 10}
    if body:
        claims["sub"] = hashlib.sha256(body).hexdigest()
    return jwt.encode({**claims, **changed}, secret, algorithm="HS256")


def call(method, path, content=None, sign=token):
    body = b"" if content is None else json.dumps(content).encode()
    request = urllib.request.Request(f"{BASE}{path}", data=body or None, method=method)
    request.add_header("Authorization", f"Bearer {sign(body)}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


class Interviews(unittest.TestCase):
    def good(self, *asked):
        status, answer = call(*asked)
        self.assertEqual(status, 200, answer)
        return answer

    def test_an_interview_is_created_fetched_rescheduled_and_cancelled(self):
        made = self.good("POST", "/api/interviews", {
            "code": "RENE2010",
            "title": ".Net Developer Interview",
            "participants": [
                {"name": "Harvey Pitman", "email": "harveypitman@outlook.com", "role": "candidate"},
                {"name": "Louis Dingle", "email": "louis@contoso.com", "role": "interviewer", "timezone": "US/Pacific"},
            ],
            "scheduling": {"start": "2039-12-23 14:00", "duration": 45},
        })
        self.assertEqual(made["stage"]["value"], "SchedulingCompleted")

        whole = self.good("GET", "/api/interviews/RENE2010")
        self.assertEqual(whole, made)
        self.assertEqual(whole["scheduling"]["start"], "2039-12-23T14:00:00")

        whole["scheduling"]["start"] = "2039-12-24 10:00"
        moved = self.good("PUT", "/api/interviews/RENE2010", whole)
        self.assertEqual(moved["scheduling"]["start"], "2039-12-24T10:00:00")

        cancelled = self.good("PUT", "/api/interviews/RENE2010", {"stage": {"value": "InterviewCanceled"}})
        self.assertEqual(cancelled["stage"], {"value": "InterviewCanceled", "metadata": "9000 - Interview was canceled"})

    def test_a_forged_an_expired_and_a_replayed_token_are_refused(self):
        def refused(sign, method="POST", path="/api/interviews", content={"code": "forged"}):
            status, answer = call(method, path, content, sign)
            self.assertEqual(status, 401, answer)
            return answer["error"]["code"]

        now = int(time.time())
        self.assertEqual(refused(lambda body: token(body, API_SECRET + "!")), "signature")
        self.assertEqual(refused(lambda body: token(body, iss=str(uuid.uuid4()))), "signature")
        self.assertEqual(refused(lambda body: token(b"{}")), "body")
        self.assertEqual(refused(lambda body: token(b"")), "body")
        self.assertEqual(refused(lambda body: token(body, iat=now - 130, exp=now - 120)), "clock")
        self.assertEqual(refused(lambda body: jwt.encode({"iss": API_KEY}, None, algorithm="none")), "malformed")
        self.assertEqual(call("GET", "/api/interviews/forged")[0], 404)

        once = token(b"")
        self.assertEqual(call("GET", "/api/interviews/nobody", sign=lambda body: once)[0], 404)
        self.assertEqual(refused(lambda body: once, "GET", "/api/interviews/nobody", None), "replayed")

    def test_a_time_in_milliseconds_and_a_guid_in_braces_are_taken(self):
        def dotnet(body):
            return token(body, iat=int(time.time() * 1000), jti="{%s}" % uuid.uuid4())

        status, made = call("POST", "/api/interviews", {}, dotnet)
        self.assertEqual((status, made["position"]["code"]), (200, "everest-default"), made)


unittest.main(argv=sys.argv[:1], verbosity=2)
