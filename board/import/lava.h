// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_IMPORT_LAVA_H_
#define ROXLAB_BOARD_IMPORT_LAVA_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "board/import/imported.h"

namespace roxlab {

// A LAVA device dictionary: what LAVA renders (YAML with `commands`, `actions`), or the jinja2 text
// with plain {% set NAME = LITERAL %} lines. `file` is for messages, `name` becomes the board's.
// INVALID_ARGUMENT "FILE:LINE: what" for text that is neither. Names and meaning: LAVA's
// documentation, "Device dictionary", and its base.jinja2.
absl::StatusOr<ImportedBoard> ImportLava(absl::string_view text, const std::string& file,
                                         const std::string& name);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_IMPORT_LAVA_H_
