// SPDX-License-Identifier: Apache-2.0
#include "spec/settings.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "roxlab/v1/settings.pb.h"
#include "spec/yaml.h"

namespace roxlab {
namespace {

using google::protobuf::FieldDescriptor;

std::string OptionName(const FieldDescriptor& field) {
  return absl::StrCat("--", absl::StrReplaceAll(field.name(), {{"_", "-"}}));
}

std::string VariableName(const FieldDescriptor& field) {
  return absl::StrCat("ROXLAB_", absl::AsciiStrToUpper(field.name()));
}

std::string Help(const FieldDescriptor& field) {
  const v1::Setting& setting = field.options().GetExtension(v1::setting);
  const std::string& value = setting.default_().empty() ? setting.derived() : setting.default_();
  return absl::StrCat(setting.help(), value.empty() ? "" : absl::StrCat(" Default: ", value, "."),
                      " [", VariableName(field), "]");
}

}  // namespace

SettingsOptions::SettingsOptions(CLI::App* app, google::protobuf::Message* settings)
    : settings_(settings) {
  app->add_option("--config", config_, "Settings file, YAML. [ROXLAB_CONFIG]");
  const auto& descriptor = *settings->GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    Given& given = given_.emplace_back(Given{descriptor.field(i), {}});
    app->add_option(OptionName(*given.field), given.values, Help(*given.field))
        ->expected(1)
        ->allow_extra_args(false)
        ->type_name(given.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "TEXT" : "NUMBER");
  }
}

absl::Status SettingsOptions::Set(const FieldDescriptor& field, const std::string& source,
                                  const std::vector<std::string>& values) {
  if (field.is_repeated()) settings_->GetReflection()->ClearField(settings_, &field);
  for (const std::string& value : values) {
    absl::Status status = SetScalar(field, value, settings_);
    if (!status.ok())
      return absl::InvalidArgumentError(absl::StrCat(source, ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status SettingsOptions::Load() {
  for (const Given& given : given_) {
    const std::string& value = given.field->options().GetExtension(v1::setting).default_();
    if (value.empty()) continue;
    absl::Status status = Set(*given.field, "default", {value});
    if (!status.ok()) return status;
  }
  if (const char* file = std::getenv("ROXLAB_CONFIG"); config_.empty() && file != nullptr)
    config_ = file;
  if (!config_.empty()) {
    absl::StatusOr<std::string> text = ReadFile(config_, 1 << 20);
    if (!text.ok()) return text.status();
    absl::Status status = ReadYaml(*text, config_, settings_);
    if (!status.ok()) return status;
  }
  for (const Given& given : given_) {
    const std::string variable = VariableName(*given.field);
    absl::Status status;
    if (!given.values.empty()) {
      status = Set(*given.field, OptionName(*given.field), given.values);
    } else if (const char* value = std::getenv(variable.c_str()); value != nullptr) {
      std::vector<std::string> values = {value};
      if (given.field->is_repeated()) values = absl::StrSplit(value, ',', absl::SkipEmpty());
      status = Set(*given.field, variable, values);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace roxlab
