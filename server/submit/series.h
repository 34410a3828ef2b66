// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_SERIES_H_
#define ROXLAB_SERVER_SUBMIT_SERIES_H_

#include <string>

#include "absl/status/status.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

// Adds the patches of a series to `build`, whose base is set. `text` is the name of a series
// ("rox"), or a name and how many of its patches to take, from the first ("rox@5"). NOT_FOUND for
// a series that does not exist; INVALID_ARGUMENT for a series of another base and for a number that
// is not one of its patches'.
absl::Status AddSeries(const std::string& text, const v1::Catalog& catalog, v1::BuildSpec& build);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_SERIES_H_
