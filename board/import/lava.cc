// SPDX-License-Identifier: Apache-2.0
#include "board/import/lava.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "board/import/lava_text.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

std::vector<std::string> Strings(const YAML::Node& node) {
  std::vector<std::string> strings;
  if (node.IsScalar()) strings.push_back(node.Scalar());
  if (node.IsSequence())
    for (const YAML::Node& item : node)
      if (item.IsScalar()) strings.push_back(item.Scalar());
  return strings;
}

class Lava {
 public:
  Lava(LavaVariables variables, std::string file, const std::string& name)
      : variables_(std::move(variables.by_name)), file_(std::move(file)) {
    result_.left_out = std::move(variables.left_out);
    result_.board.set_name(name);
  }

  ImportedBoard Convert() {
    Identity();
    LogIn();
    Power();
    Console();
    Kernel();
    for (const auto& [name, variable] : variables_)
      LeaveOut(name, variable.line, "not carried over");
    Complete(&result_);
    return std::move(result_);
  }

 private:
  // The variable, which is done with then; an undefined node when there is none.
  LavaVariable Take(const std::string& name) {
    auto found = variables_.extract(name);
    return found.empty() ? LavaVariable{YAML::Node(YAML::NodeType::Undefined), 0} : found.mapped();
  }
  std::string Text(const std::string& name) {
    const LavaVariable variable = Take(name);
    return variable.value.IsDefined() && variable.value.IsScalar() ? variable.value.Scalar() : "";
  }
  void LeaveOut(const std::string& name, int line, const std::string& why) {
    result_.left_out.push_back(absl::StrCat(file_, ":", line, ": ", name, ": ", why));
  }
  void Command(const std::string& name, google::protobuf::RepeatedPtrField<std::string>* argv) {
    const LavaVariable variable = Take(name);
    if (!variable.value.IsDefined()) return;
    for (std::string& word : InOrder(Strings(variable.value))) *argv->Add() = std::move(word);
    if (argv->empty()) LeaveOut(name, variable.line, "no command that can be split into words");
  }

  void Identity() {
    const std::string type(absl::StripSuffix(Text("extends"), ".jinja2"));
    if (!type.empty()) result_.board.add_tags(absl::StrCat("type=", type));
  }
  void LogIn() {
    const std::string address = Text("device_ip"), host = Text("ssh_host");
    result_.board.set_host(host.empty() ? address : host);
    result_.board.set_user(Text("ssh_user"));
    result_.board.set_key(Text("ssh_identity_file"));
    uint32_t port = 0;
    if (absl::SimpleAtoi(Text("ssh_port"), &port)) result_.board.set_port(port);
  }
  void Power() {
    v1::PowerCommands commands;
    Command("power_on_command", commands.mutable_on());
    Command("power_off_command", commands.mutable_off());
    Command("hard_reset_command", commands.mutable_cycle());
    if (commands.ByteSizeLong() > 0) *result_.board.mutable_power()->mutable_commands() = commands;
    Command("soft_reboot_command", result_.board.mutable_boot()->mutable_reboot());
  }

  struct Connection {
    std::string name;
    LavaVariable command;
    bool primary;
  };

  // By what the dictionary's three variables, or a rendered file's one, say.
  std::vector<Connection> Connections() {
    const LavaVariable single = Take("connection_command"), rendered = Take("connections"),
                       list = Take("connection_list"), commands = Take("connection_commands"),
                       tags = Take("connection_tags");
    std::vector<Connection> all;
    auto add = [&](const std::string& name, const YAML::Node& command, const YAML::Node& words,
                   int line) {
      if (!command.IsDefined()) return;
      bool primary = false;
      if (words.IsDefined())
        for (const std::string& word : Strings(words)) primary |= word == "primary";
      all.push_back({name, {command, line}, primary});
    };
    if (single.value.IsDefined()) all.push_back({"connection_command", single, true});
    if (rendered.value.IsDefined() && rendered.value.IsMap())
      for (const auto& entry : rendered.value)
        add(entry.first.Scalar(), entry.second["connect"], entry.second["tags"],
            entry.first.Mark().line + 1);
    if (!list.value.IsDefined() || !commands.value.IsDefined() || !commands.value.IsMap())
      return all;
    const bool tagged = tags.value.IsDefined() && tags.value.IsMap();
    const YAML::Node none(YAML::NodeType::Undefined);
    for (const std::string& name : Strings(list.value))
      add(name, commands.value[name], tagged ? tags.value[name] : none, commands.line);
    return all;
  }

  // The connection that LAVA calls primary, or the first.
  LavaVariable PrimaryConnection() {
    const std::vector<Connection> all = Connections();
    const Connection* chosen = all.empty() ? nullptr : &all[0];
    for (const Connection& connection : all)
      if (connection.primary && !chosen->primary) chosen = &connection;
    for (const Connection& connection : all)
      if (&connection != chosen)
        LeaveOut(absl::StrCat("connection ", connection.name), connection.command.line,
                 "a second console");
    return chosen != nullptr ? chosen->command
                             : LavaVariable{YAML::Node(YAML::NodeType::Undefined), 0};
  }

  void Console() {
    const LavaVariable connection = PrimaryConnection();
    if (!connection.value.IsDefined()) return;
    const std::vector<std::string> argv = InOrder(Strings(connection.value));
    uint32_t port = 0;
    if (argv.size() == 3 && absl::EndsWith(absl::StrCat("/", argv[0]), "/telnet") &&
        absl::SimpleAtoi(argv[2], &port)) {
      v1::TcpSerial* tcp = result_.board.mutable_serial()->mutable_tcp();
      tcp->set_host(argv[1]);
      tcp->set_port(port);
      LeaveOut("connection", connection.line,
               "telnet became raw TCP: the port must not speak telnet's protocol (ser2net: raw)");
    } else if (!argv.empty()) {
      for (const std::string& word : argv)
        result_.board.mutable_serial()->mutable_command()->add_argv(word);
    } else {
      LeaveOut("connection", connection.line, "no command that can be split into words");
    }
  }

  void Kernel() {
    const std::string device = Text("console_device"), baud = Text("baud_rate");
    std::string cmdline;
    if (!device.empty()) cmdline = absl::StrCat("console=", device, baud.empty() ? "" : ",", baud);
    for (const char* name : {"base_kernel_args", "extra_kernel_args"}) {
      const std::string words = Text(name);
      absl::StrAppend(&cmdline, cmdline.empty() || words.empty() ? "" : " ", words);
    }
    result_.board.set_cmdline(cmdline);
  }

  std::map<std::string, LavaVariable> variables_;
  std::string file_;
  ImportedBoard result_;
};

}  // namespace

absl::StatusOr<ImportedBoard> ImportLava(absl::string_view text, const std::string& file,
                                         const std::string& name) {
  ROXLAB_ASSIGN_OR_RETURN(LavaVariables variables, ReadLavaVariables(text, file));
  try {
    return Lava(std::move(variables), file, name).Convert();
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace roxlab
