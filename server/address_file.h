// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_ADDRESS_FILE_H_
#define ROXLAB_SERVER_ADDRESS_FILE_H_

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {

// A file that says where the server listens, "ADDRESS\n", for as long as the object lives.
class AddressFile {
 public:
  static absl::StatusOr<std::unique_ptr<AddressFile>> Write(std::filesystem::path path,
                                                            const std::string& address) {
    ROXLAB_RETURN_IF_ERROR(WriteFileAtomically(path, absl::StrCat(address, "\n")));
    return absl::WrapUnique(new AddressFile(std::move(path)));
  }
  ~AddressFile() {
    std::error_code ignored;  // Someone may have removed it by hand.
    std::filesystem::remove(path_, ignored);
  }

 private:
  explicit AddressFile(std::filesystem::path path) : path_(std::move(path)) {}
  const std::filesystem::path path_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_ADDRESS_FILE_H_
