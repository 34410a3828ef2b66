// SPDX-License-Identifier: Apache-2.0
#include "server/auth/tls.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr uint64_t kMaxPemBytes = 1u << 20;

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;

absl::Status Wrong(const char* setting, const std::string& path, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(setting, ": ", path, " ", what));
}

absl::StatusOr<std::string> ReadPem(const char* setting, const std::string& path) {
  absl::StatusOr<std::string> pem = ReadFile(path, kMaxPemBytes);
  if (pem.ok()) return pem;
  return absl::InvalidArgumentError(absl::StrCat(setting, ": ", pem.status().message()));
}

Bio Reader(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

absl::StatusOr<Certificate> ParseCertificate(const char* setting, const std::string& path,
                                             const std::string& pem) {
  Certificate certificate(PEM_read_bio_X509(Reader(pem).get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return Wrong(setting, path, "holds no certificate in PEM form");
  return certificate;
}

// No pass phrase: nobody is there to type it.
int NoPassPhrase(char*, int, int, void*) { return 0; }

std::string DnsName(const X509* certificate) {
  std::unique_ptr<GENERAL_NAMES, Freeing<GENERAL_NAMES_free>> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const ASN1_STRING* text = name->d.dNSName;
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<size_t>(ASN1_STRING_length(text))};
  }
  return "";
}

}  // namespace

absl::StatusOr<std::optional<Tls>> ReadTls(const v1::ServerSettings& settings, absl::Time now) {
  if (settings.tls_certificate().empty()) {
    if (settings.tls_key().empty() && settings.tls_runner_ca().empty()) return std::nullopt;
    return absl::InvalidArgumentError(
        "tls_key and tls_runner_ca are of use with tls_certificate only: give that too");
  }
  if (settings.tls_key().empty())
    return absl::InvalidArgumentError("tls_certificate needs its key: give tls_key too");
  Tls tls;
  ROXLAB_ASSIGN_OR_RETURN(tls.certificate, ReadPem("tls_certificate", settings.tls_certificate()));
  ROXLAB_ASSIGN_OR_RETURN(tls.key, ReadPem("tls_key", settings.tls_key()));
  ROXLAB_ASSIGN_OR_RETURN(
      const Certificate certificate,
      ParseCertificate("tls_certificate", settings.tls_certificate(), tls.certificate));
  const Key key(PEM_read_bio_PrivateKey(Reader(tls.key).get(), nullptr, NoPassPhrase, nullptr));
  if (key == nullptr)
    return Wrong("tls_key", settings.tls_key(),
                 "holds no key in PEM form that needs no pass phrase");
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return Wrong("tls_key", settings.tls_key(),
                 absl::StrCat("is not the key of ", settings.tls_certificate()));
  time_t at = absl::ToTimeT(now);
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &at) <= 0)
    return Wrong("tls_certificate", settings.tls_certificate(),
                 "is a certificate that has expired");
  tls.name = DnsName(certificate.get());
  if (!settings.tls_runner_ca().empty()) {
    ROXLAB_ASSIGN_OR_RETURN(tls.runner_ca, ReadPem("tls_runner_ca", settings.tls_runner_ca()));
    ROXLAB_RETURN_IF_ERROR(
        ParseCertificate("tls_runner_ca", settings.tls_runner_ca(), tls.runner_ca).status());
  }
  return tls;
}

}  // namespace roxlab
