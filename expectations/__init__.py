"""Ring 3 of the checks: is the whole warehouse fit for analysts, is the period fit for the ministry?"""
