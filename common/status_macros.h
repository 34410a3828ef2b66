// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_COMMON_STATUS_MACROS_H_
#define ROXLAB_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Leaves the function with the error of `expression`, an absl::Status, if it is one.
#define ROXLAB_RETURN_IF_ERROR(expression) \
  ROXLAB_RETURN_IF_ERROR_(ROXLAB_CONCAT_(roxlab_status_, __COUNTER__), expression)

// `target = value` of an absl::StatusOr expression; leaves the function with its error. `target`
// may declare a variable.
#define ROXLAB_ASSIGN_OR_RETURN(target, expression) \
  ROXLAB_ASSIGN_OR_RETURN_(ROXLAB_CONCAT_(roxlab_status_or_, __COUNTER__), target, expression)

// NOLINTBEGIN(bugprone-macro-parentheses): what is declared cannot stand in parentheses.
#define ROXLAB_RETURN_IF_ERROR_(name, expression)                  \
  do {                                                             \
    if (absl::Status name = (expression); !name.ok()) return name; \
  } while (false)

#define ROXLAB_ASSIGN_OR_RETURN_(name, target, expression) \
  auto name = (expression);                                \
  if (!name.ok()) return std::move(name).status();         \
  target = *std::move(name)

// NOLINTEND(bugprone-macro-parentheses)

#define ROXLAB_CONCAT_(a, b) ROXLAB_CONCAT_INNER_(a, b)
#define ROXLAB_CONCAT_INNER_(a, b) a##b

#endif  // ROXLAB_COMMON_STATUS_MACROS_H_
