// SPDX-License-Identifier: Apache-2.0
// SshSession's commands.
#include <libssh/callbacks.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "board/ssh_handles.h"
#include "board/ssh_session.h"
#include "common/link_guard.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

constexpr size_t kMaxOutput = 1 << 20;
constexpr size_t kMaxErrors = 64 << 10;
// Linux takes 128 KiB as one argument of a program, which the whole line is for the remote shell.
constexpr size_t kMaxLine = 100'000;

// What a channel has said so far. libssh calls back in the thread that waits for it.
struct Hearing {
  std::function<absl::Status(absl::string_view)> sink;
  RemoteResult* result;
  absl::Status sink_status;
  bool closed = false;
};

void Keep(absl::string_view bytes, size_t limit, std::string* kept, bool* truncated) {
  const size_t room = limit - std::min(limit, kept->size());
  if (bytes.size() > room) *truncated = true;
  absl::StrAppend(kept, bytes.substr(0, room));
}

int OnData(ssh_session, ssh_channel, void* data, uint32_t size, int is_error, void* user) {
  auto* hearing = static_cast<Hearing*>(user);
  const absl::string_view bytes(static_cast<const char*>(data), size);
  if (is_error != 0) {
    Keep(bytes, kMaxErrors, &hearing->result->errors, &hearing->result->truncated);
  } else if (!hearing->sink) {
    Keep(bytes, kMaxOutput, &hearing->result->output, &hearing->result->truncated);
  } else if (hearing->sink_status.ok()) {
    hearing->sink_status = hearing->sink(bytes);
  }
  return static_cast<int>(size);
}

void OnClose(ssh_session, ssh_channel, void* user) { static_cast<Hearing*>(user)->closed = true; }

void OnExit(ssh_session, ssh_channel, int status, void* user) {
  static_cast<Hearing*>(user)->result->exit_status = status;
}

void OnSignal(ssh_session, ssh_channel, const char* name, int, const char*, const char*,
              void* user) {
  static_cast<Hearing*>(user)->result->signal = name;
}

// An open channel that is heard; all is taken back in the right order at the end.
class Channel {
 public:
  Channel(ssh_session session, Hearing* hearing)
      : session_(session), channel_(ssh_channel_new(session)), event_(ssh_event_new()) {
    ssh_callbacks_init(&callbacks_);
    callbacks_.userdata = hearing;
    callbacks_.channel_data_function = OnData;
    callbacks_.channel_close_function = OnClose;
    callbacks_.channel_exit_status_function = OnExit;
    callbacks_.channel_exit_signal_function = OnSignal;
    ssh_set_channel_callbacks(channel_.get(), &callbacks_);
  }
  ~Channel() {
    ssh_remove_channel_callbacks(channel_.get(), &callbacks_);
    ssh_event_remove_session(event_.get(), session_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  bool Start(const std::string& line) {
    return ssh_channel_open_session(channel_.get()) == SSH_OK &&
           ssh_channel_request_exec(channel_.get(), line.c_str()) == SSH_OK;
  }
  // A program that does not read what it is given has not failed.
  void Feed(absl::string_view input) {
    while (!input.empty()) {
      const auto size = static_cast<uint32_t>(std::min<size_t>(input.size(), 64 << 10));
      const int n = ssh_channel_write(channel_.get(), input.data(), size);
      if (n <= 0) break;
      input.remove_prefix(static_cast<size_t>(n));
    }
    ssh_channel_send_eof(channel_.get());
  }
  void HearOut(const Hearing& hearing) {
    ssh_event_add_session(event_.get(), session_);
    while (!hearing.closed && hearing.sink_status.ok() && ssh_is_connected(session_) != 0)
      if (ssh_event_dopoll(event_.get(), -1) == SSH_ERROR) break;
  }

 private:
  ssh_session session_;
  ssh_channel_callbacks_struct callbacks_ = {};
  SshChannelHandle channel_;
  SshEventHandle event_;
};

// The remote side hands the line to the user's shell. Each word is quoted, and `exec` makes the
// first one a program even where a shell would see a keyword or an assignment.
absl::StatusOr<std::string> RemoteLine(const std::vector<std::string>& argv) {
  if (argv.empty() || argv[0].empty() || absl::StartsWith(argv[0], "-"))
    return absl::InvalidArgumentError("a command for the board needs a program");
  std::string line = absl::StrCat("exec ", ShellQuote(argv));
  if (line.size() > kMaxLine || absl::StrContains(line, '\0'))
    return absl::InvalidArgumentError(absl::StrCat(
        "the words of a command for the board are too long, or hold a NUL: ", argv[0]));
  return line;
}

}  // namespace

absl::Status SshSession::Execute(const std::vector<std::string>& argv, absl::string_view input,
                                 const std::function<absl::Status(absl::string_view)>& sink,
                                 RemoteResult* result, absl::Time deadline, const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string line, RemoteLine(argv));
  const std::string what = absl::StrCat("board '", board_, "': ", argv[0]);
  ssh_session session = handles_->session.get();
  if (!handles_->connected())
    return absl::UnavailableError(absl::StrCat(what, ": the connection is gone"));
  Hearing hearing{sink, result, absl::OkStatus()};
  const LinkGuard guard(handles_->socket(), deadline, stop);
  {
    Channel channel(session, &hearing);
    if (channel.Start(line)) {
      channel.Feed(input);
      channel.HearOut(hearing);
    }
  }
  ROXLAB_RETURN_IF_ERROR(guard.Verdict(what));
  ROXLAB_RETURN_IF_ERROR(hearing.sink_status);
  if (result->exit_status >= 0 || !result->signal.empty()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(what, ": the connection broke off: ", ssh_get_error(session)));
}

absl::StatusOr<RemoteResult> SshSession::Run(const std::vector<std::string>& argv,
                                             absl::string_view input, absl::Time deadline,
                                             const StopToken& stop) {
  RemoteResult result;
  ROXLAB_RETURN_IF_ERROR(Execute(argv, input, {}, &result, deadline, stop));
  return result;
}

absl::StatusOr<std::string> SshSession::RunAndRead(const std::vector<std::string>& argv,
                                                   absl::Time deadline, const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(RemoteResult result, Run(argv, "", deadline, stop));
  if (result.ok()) return std::move(result.output);
  return absl::InternalError(
      absl::StrCat("board '", board_, "': ", ShellQuote(argv), ": ", result.Describe()));
}

absl::StatusOr<RemoteResult> SshSession::Stream(
    const std::vector<std::string>& argv,
    const std::function<absl::Status(absl::string_view)>& sink, absl::Time deadline,
    const StopToken& stop) {
  RemoteResult result;
  ROXLAB_RETURN_IF_ERROR(Execute(argv, "", sink, &result, deadline, stop));
  return result;
}

}  // namespace roxlab
