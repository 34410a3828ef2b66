// SPDX-License-Identifier: Apache-2.0
#include "server/submit/build_id.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/hash.h"

namespace roxlab {
namespace {

// Counted up when runners build differently from the same inputs.
constexpr absl::string_view kRecipe = "roxlab build 1";

// Each piece with its length in front, so that no two lists of pieces make the same bytes.
void Add(Sha256& hash, absl::string_view piece) {
  hash.Update(absl::StrCat(piece.size(), ":"));
  hash.Update(piece);
}

}  // namespace

std::string BuildId(const v1::BuildSpec& spec) {
  Sha256 hash;
  Add(hash, kRecipe);
  Add(hash, spec.base().name());
  Add(hash, spec.toolchain());
  Add(hash, absl::StrCat(spec.patches_size(), " patches"));
  for (const v1::Patch& patch : spec.patches()) Add(hash, patch.content());
  Add(hash, absl::StrCat(spec.configs_size(), " configs"));
  for (const v1::ConfigFragment& config : spec.configs()) Add(hash, config.content());
  return hash.HexDigest();
}

}  // namespace roxlab
