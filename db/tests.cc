// SPDX-License-Identifier: Apache-2.0
#include "db/tests.h"

#include "db/query.h"

namespace roxlab {

absl::Status TestTable::Set(int64_t run, const TestResults& tests) {
  return Try("tests", [&] {
    Query(connection_, "DELETE FROM tests WHERE run = ?", run).Run();
    for (int i = 0; i < tests.size(); ++i) {
      const v1::TestResult& test = tests[i];
      Query(connection_,
            "INSERT INTO tests (run, ordinal, name, status, diagnostic) VALUES (?, ?, ?, ?, ?)",
            run, i, test.name(), test.status(), test.diagnostic())
          .Run();
    }
  });
}

absl::StatusOr<TestResults> TestTable::Of(int64_t run) {
  return Try("tests", [&] {
    TestResults tests;
    Query query(connection_,
                "SELECT name, status, diagnostic FROM tests WHERE run = ? ORDER BY ordinal", run);
    while (query.Next()) {
      v1::TestResult* test = tests.Add();
      test->set_name(query.Text(0));
      test->set_status(static_cast<v1::TestStatus>(query.Int(1)));
      test->set_diagnostic(query.Text(2));
    }
    return tests;
  });
}

}  // namespace roxlab
