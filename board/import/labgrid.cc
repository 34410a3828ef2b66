// SPDX-License-Identifier: Apache-2.0
#include "board/import/labgrid.h"

#include <yaml-cpp/yaml.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/names.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr int kPduDaemonPort = 16421;

// A resource or driver: its class and arguments.
struct Part {
  std::string kind;
  YAML::Node arguments;
  int line;

  std::string Text(const char* key) const {
    if (!arguments.IsMap() || !arguments[key] || !arguments[key].IsScalar()) return "";
    return arguments[key].Scalar();
  }
  uint32_t Number(const char* key) const {
    uint32_t number = 0;
    return absl::SimpleAtoi(Text(key), &number) ? number : 0;
  }
};

// `node` is a map of class to arguments, or a list of such maps; in an exporter's file a key may be
// any name, with the class in `cls`.
void Collect(const YAML::Node& node, std::vector<Part>* parts) {
  if (node.IsSequence()) {
    for (const YAML::Node& item : node) Collect(item, parts);
    return;
  }
  if (!node.IsMap()) return;
  for (const auto& entry : node) {
    Part part{entry.first.Scalar(), entry.second, entry.first.Mark().line + 1};
    if (const std::string kind = part.Text("cls"); !kind.empty()) part.kind = kind;
    parts->push_back(std::move(part));
  }
}

class Labgrid {
 public:
  Labgrid(std::string file, const std::string& name) : file_(std::move(file)) {
    result_.board.set_name(name);
  }

  void Templates(absl::string_view text) {
    int line = 0;
    for (absl::string_view content : absl::StrSplit(text, '\n')) {
      ++line;
      if (absl::StartsWith(content, "##") || absl::StrContains(content, "<<") ||
          absl::StrContains(content, "!template"))
        LeaveOut(line, "template", "is not evaluated");
    }
  }

  void Convert(const Part& part) {
    v1::Board& board = result_.board;
    if (part.kind == "NetworkService") {
      board.set_host(part.Text("address"));
      board.set_user(part.Text("username"));
      board.set_port(part.Number("port"));
      if (!part.Text("password").empty())
        LeaveOut(part.line, "NetworkService.password", "roxlab logs in with a key only");
    } else if (part.kind == "SSHDriver") {
      if (!part.Text("keyfile").empty()) board.set_key(part.Text("keyfile"));
    } else if (part.kind == "NetworkSerialPort") {
      NetworkSerial(part);
    } else if (part.kind == "RawSerialPort") {
      board.mutable_serial()->mutable_tty()->set_path(part.Text("port"));
      board.mutable_serial()->mutable_tty()->set_baud(part.Number("speed"));
    } else if (part.kind == "PDUDaemonPort") {
      const std::string host = part.Text("host");
      v1::PduDaemon* daemon = board.mutable_power()->mutable_pdudaemon();
      daemon->set_url(absl::StrCat(
          "http://", host, absl::StrContains(host, ':') ? "" : absl::StrCat(":", kPduDaemonPort)));
      daemon->set_hostname(part.Text("pdu"));
      daemon->set_port(part.Text("index"));
    } else if (part.kind == "ExternalPowerDriver") {
      ExternalPower(part);
    } else if (part.kind == "ExternalConsoleDriver") {
      Words(part, "cmd", board.mutable_serial()->mutable_command()->mutable_argv());
    } else if (!IsPlumbing(part.kind)) {
      LeaveOut(part.line, part.kind, Reason(part.kind));
    }
  }

  ImportedBoard Finish() {
    Complete(&result_);
    return std::move(result_);
  }

 private:
  // Drivers that only join what is carried over, and keys that describe.
  static bool IsPlumbing(const std::string& kind) {
    return kind == "SerialDriver" || kind == "PDUDaemonDriver" || kind == "location";
  }
  static std::string Reason(const std::string& kind) {
    if (kind == "NetworkPowerPort")
      return "labgrid switches it with a model of its own: write power.commands, e.g. with "
             "labgrid-client or snmpset";
    if (kind == "USBSerialPort")
      return "found by udev: write serial.tty.path, a name of /dev/serial/by-id/";
    if (kind == "RemotePlace")
      return "its resources are with the coordinator: import the exporter's file";
    return "not carried over";
  }
  void LeaveOut(int line, absl::string_view what, absl::string_view why) {
    result_.left_out.push_back(absl::StrCat(file_, ":", line, ": ", what, ": ", why));
  }
  void Words(const Part& part, const char* key,
             google::protobuf::RepeatedPtrField<std::string>* argv) {
    if (part.Text(key).empty()) return;
    for (const std::string& word : SplitWords(part.Text(key))) *argv->Add() = word;
    if (argv->empty())
      LeaveOut(part.line, absl::StrCat(part.kind, ".", key), "cannot be split into words");
  }
  void NetworkSerial(const Part& part) {
    v1::TcpSerial* tcp = result_.board.mutable_serial()->mutable_tcp();
    tcp->set_host(part.Text("host"));
    tcp->set_port(part.Number("port"));
    if (part.Text("protocol") != "raw")
      LeaveOut(part.line, "NetworkSerialPort.protocol",
               "rfc2217 became raw TCP: set the port to that in ser2net");
  }
  void ExternalPower(const Part& part) {
    v1::PowerCommands* commands = result_.board.mutable_power()->mutable_commands();
    Words(part, "cmd_on", commands->mutable_on());
    Words(part, "cmd_off", commands->mutable_off());
    Words(part, "cmd_cycle", commands->mutable_cycle());
    if (!part.Text("delay").empty() && commands->cycle().empty())
      LeaveOut(part.line, "ExternalPowerDriver.delay", "write power.commands.cycle with the pause");
  }

  std::string file_;
  ImportedBoard result_;
};

// The group or target that is meant.
absl::StatusOr<YAML::Node> Choose(const YAML::Node& groups, const std::string& file,
                                  const std::string& group) {
  auto wrong = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat(file, ":", groups.Mark().line + 1, ": ", what));
  };
  if (!groups.IsMap() || groups.size() == 0) return wrong("no groups or targets of labgrid");
  std::vector<std::string> names;
  for (const auto& entry : groups) {
    names.push_back(entry.first.Scalar());
    if (names.back() == group || (group.empty() && groups.size() == 1))
      return YAML::Node(entry.second);
  }
  return wrong(UnknownName("group", group, names));
}

absl::StatusOr<ImportedBoard> Import(absl::string_view text, const std::string& file,
                                     const std::string& name, const std::string& group) {
  const YAML::Node root = YAML::Load(std::string(text));
  const bool is_environment = root.IsMap() && root["targets"];
  ROXLAB_ASSIGN_OR_RETURN(const YAML::Node chosen,
                          Choose(is_environment ? root["targets"] : root, file, group));
  std::vector<Part> parts;
  if (is_environment && chosen.IsMap()) {
    for (const auto& entry : chosen) {
      const std::string& key = entry.first.Scalar();
      if (key == "resources" || key == "drivers") {
        Collect(entry.second, &parts);
      } else {
        parts.push_back({key, entry.second, entry.first.Mark().line + 1});
      }
    }
  } else {
    Collect(chosen, &parts);
  }
  Labgrid labgrid(file, name);
  labgrid.Templates(text);
  for (const Part& part : parts) labgrid.Convert(part);
  return labgrid.Finish();
}

}  // namespace

absl::StatusOr<ImportedBoard> ImportLabgrid(absl::string_view text, const std::string& file,
                                            const std::string& name, const std::string& group) {
  try {
    return Import(text, file, name, group);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace roxlab
