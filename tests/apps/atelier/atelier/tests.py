import unittest

import atelier


class TestSite(unittest.TestCase):
    def test_settings(self):
        self.assertTrue(atelier.local.db.get("settings", "time_zone"))
