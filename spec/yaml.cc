// SPDX-License-Identifier: Apache-2.0
#include "spec/yaml.h"

#include <yaml-cpp/yaml.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/names.h"

namespace roxlab {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<std::string> FieldNames(const Descriptor& descriptor) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(descriptor.field_count()));
  for (int i = 0; i < descriptor.field_count(); ++i) names.push_back(descriptor.field(i)->name());
  return names;
}

class Reader {
 public:
  explicit Reader(absl::string_view file) : file_(file) {}

  absl::Status Read(const YAML::Node& node, Message* message) {
    if (node.IsNull()) return absl::OkStatus();
    if (!node.IsMap())
      return Error(node,
                   absl::StrCat("expected keys and values of ", message->GetDescriptor()->name()));
    std::set<std::string> seen;
    for (const auto& entry : node) {
      absl::Status status = ReadEntry(entry.first, entry.second, &seen, message);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadEntry(const YAML::Node& key_node, const YAML::Node& value,
                         std::set<std::string>* seen, Message* message) {
    const Descriptor& descriptor = *message->GetDescriptor();
    if (!key_node.IsScalar()) return Error(key_node, "a key must be a plain word");
    const std::string& key = key_node.Scalar();
    const FieldDescriptor* field = descriptor.FindFieldByName(key);
    if (field == nullptr) return Error(key_node, UnknownName("key", key, FieldNames(descriptor)));
    if (!seen->insert(key).second) return Error(key_node, absl::StrCat("key '", key, "' twice"));
    if (const auto* oneof = field->containing_oneof();
        oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) {
      return Error(key_node, absl::StrCat("'", key, "' excludes the other '", oneof->name(),
                                          "' that is given"));
    }
    if (!field->is_repeated()) return ReadValue(value, *field, message);
    if (!value.IsSequence()) return ReadValue(value, *field, message);
    for (const YAML::Node& element : value) {
      absl::Status status = ReadValue(element, *field, message);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadValue(const YAML::Node& value, const FieldDescriptor& field, Message* message) {
    const auto* reflection = message->GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Read(value, field.is_repeated() ? reflection->AddMessage(message, &field)
                                             : reflection->MutableMessage(message, &field));
    }
    if (value.IsNull()) return absl::OkStatus();
    if (!value.IsScalar())
      return Error(value, absl::StrCat("'", field.name(), "' takes one value"));
    absl::Status status = SetScalar(field, value.Scalar(), message);
    return status.ok() ? status : Error(value, std::string(status.message()));
  }

  absl::Status Error(const YAML::Node& node, const std::string& what) const {
    return absl::InvalidArgumentError(absl::StrCat(file_, ":", node.Mark().line + 1, ": ", what));
  }

  std::string file_;
};

}  // namespace

absl::Status SetScalar(const FieldDescriptor& field, absl::string_view text, Message* message) {
  const auto* reflection = message->GetReflection();
  auto wrong = [&](absl::string_view expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", field.name(), "' takes ", expected, ", not '", text, "'"));
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.is_repeated()) {
        reflection->AddString(message, &field, std::string(text));
      } else {
        reflection->SetString(message, &field, std::string(text));
      }
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return wrong("a whole number");
      reflection->SetInt32(message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return wrong("a whole number");
      reflection->SetUInt32(message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return wrong("a whole number");
      reflection->SetUInt64(message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double value = 0;
      if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return wrong("a number");
      reflection->SetDouble(message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value = false;
      if (!absl::SimpleAtob(text, &value)) return wrong("true or false");
      reflection->SetBool(message, &field, value);
      return absl::OkStatus();
    }
    default:
      return absl::InternalError(absl::StrCat("'", field.name(), "' cannot be set from text"));
  }
}

absl::Status ReadYaml(absl::string_view text, absl::string_view file, Message* message) {
  try {
    return Reader(file).Read(YAML::Load(std::string(text)), message);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace roxlab
