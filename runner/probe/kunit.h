// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_KUNIT_H_
#define ROXLAB_RUNNER_PROBE_KUNIT_H_

#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Tells the results of `suite`, or of "all" suites by name, as kTests records.
Result TellTests(Stream& out, std::string_view suite);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_KUNIT_H_
