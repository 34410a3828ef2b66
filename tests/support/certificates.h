// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_CERTIFICATES_H_
#define ROXLAB_TESTS_SUPPORT_CERTIFICATES_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/process.h"

namespace roxlab {

// Certificates that sign themselves, made by openssl: each is NAME.crt and NAME.key, for localhost
// and 127.0.0.1, and its own authority.
class Certificates {
 public:
  std::string Crt(const std::string& name) { return Made(name, ".crt"); }
  std::string Key(const std::string& name) { return Made(name, ".key"); }

 private:
  std::string Made(const std::string& name, const char* ending) {
    const std::string path = (directory_.path() / name).string();
    if (!std::filesystem::exists(path + ".crt")) {
      const auto made =
          RunAndRead(Command{.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                      "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
                                      "-subj", absl::StrCat("/CN=", name), "-addext",
                                      "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                                      path + ".key", "-out", path + ".crt"}});
      EXPECT_TRUE(made.ok()) << made.status();
    }
    return path + ending;
  }

  TempDir directory_ = *TempDir::Make(::testing::TempDir(), "certificates-");
};

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_CERTIFICATES_H_
