"""The environment of the tests: nothing here is secret, and nothing is used elsewhere."""

TEST_SETTINGS = {
    "GRS_TESTING": "1",
    "GRS_COUNTRY": "bd",
    "GRS_SECRET_KEY": "only-for-tests-" + "x" * 50,
    "GRS_TRACKING_KEY": "only-for-tests-tracking-key",
    "GRS_CONTACT_KEYS": "dGVzdHMtb25seS1mZXJuZXQta2V5LTMyLWJ5dGVzISE=",
    "GRS_INDEX_KEY": "only-for-tests-index-key",
    "GRS_RECORD_KEY": "dGVzdHMtb25seS1yZWNvcmQta2V5LTMyLWJ5dGVzISE=",
    "GRS_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "GRS_PUBLIC_URL": "http://testserver",
    "GRS_DEMO": "1",
    "GRS_LOG_LEVEL": "WARNING",
}
