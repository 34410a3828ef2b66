// SPDX-License-Identifier: Apache-2.0
#include "db/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "common/status_macros.h"
#include "db/migrations.h"
#include "db/query.h"

namespace roxlab {
namespace {

// Bounds how long the first of a group waits for the last.
constexpr size_t kMaxGroup = 64;
constexpr int kMaxReaders = 8;

}  // namespace

struct Database::Writer {
  const Work& work;
  absl::Status status;
  bool done = false;
};

Database::Database(std::filesystem::path path, std::unique_ptr<Connection> writer)
    : path_(std::move(path)), writer_(std::move(writer)) {}

Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& path) {
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<Connection> writer,
                          Connection::Open(path, Connection::Mode::kReadWrite));
  ROXLAB_RETURN_IF_ERROR(Migrate(*writer, EmbeddedMigrations()));
  return absl::WrapUnique(new Database(path, std::move(writer)));
}

absl::Status Database::Write(const Work& work) {
  Writer self{work, absl::OkStatus()};
  std::vector<Writer*> group = Join(self);
  if (!group.empty()) {
    WriteGroup(group);
    Leave(group);
  }
  return self.status;
}

std::vector<Database::Writer*> Database::Join(Writer& self) {
  absl::MutexLock lock(&mutex_);
  queue_.push_back(&self);
  auto my_turn = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return self.done || (!writing_ && queue_.front() == &self);
  };
  mutex_.Await(absl::Condition(&my_turn));
  if (self.done) return {};
  writing_ = true;
  const auto end = queue_.begin() + static_cast<ptrdiff_t>(std::min(queue_.size(), kMaxGroup));
  std::vector<Writer*> group(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  return group;
}

void Database::WriteGroup(const std::vector<Writer*>& group) {
  SQLite::Database& db = writer_->raw();
  absl::Status all = Try("writing", [&] {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    for (Writer* writer : group) {
      db.exec("SAVEPOINT work");
      writer->status = writer->work(*writer_);
      // A full disk or a failed write makes SQLite give up the whole transaction.
      if (sqlite3_get_autocommit(db.getHandle()) != 0) {
        return writer->status.ok() ? absl::InternalError("database: the transaction was lost")
                                   : writer->status;
      }
      if (!writer->status.ok()) db.exec("ROLLBACK TO work");
      db.exec("RELEASE work");
    }
    transaction.commit();
    return absl::OkStatus();
  });
  if (all.ok()) return;
  for (Writer* writer : group) {
    if (writer->status.ok()) writer->status = all;
  }
}

void Database::Leave(const std::vector<Writer*>& group) {
  absl::MutexLock lock(&mutex_);
  for (Writer* writer : group) writer->done = true;
  writing_ = false;
}

absl::StatusOr<std::unique_ptr<Connection>> Database::TakeReader() {
  {
    absl::MutexLock lock(&mutex_);
    auto free = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return !readers_.empty() || readers_made_ < kMaxReaders;
    };
    mutex_.Await(absl::Condition(&free));
    if (!readers_.empty()) {
      std::unique_ptr<Connection> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
    ++readers_made_;
  }
  absl::StatusOr<std::unique_ptr<Connection>> reader =
      Connection::Open(path_, Connection::Mode::kReadOnly);
  if (!reader.ok()) {
    absl::MutexLock lock(&mutex_);
    --readers_made_;
  }
  return reader;
}

absl::Status Database::Read(const Work& work) {
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader, TakeReader());
  absl::Status status = Try("reading", [&] {
    SQLite::Transaction transaction(reader->raw());  // Rolled back: there is nothing to keep.
    return work(*reader);
  });
  absl::MutexLock lock(&mutex_);
  readers_.push_back(std::move(reader));
  return status;
}

}  // namespace roxlab
