// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_IMPORT_LABGRID_H_
#define ROXLAB_BOARD_IMPORT_LABGRID_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "board/import/imported.h"

namespace roxlab {

// One group of a labgrid exporter's file, or one target of an environment file. `group` chooses it;
// empty: the only one. `file` is for messages, `name` becomes the board's. INVALID_ARGUMENT
// "FILE:LINE: what" for other text, or when there are several and none is chosen. Names and
// meaning: labgrid's documentation, "Configuration".
absl::StatusOr<ImportedBoard> ImportLabgrid(absl::string_view text, const std::string& file,
                                            const std::string& name, const std::string& group);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_IMPORT_LABGRID_H_
