// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_E2E_LAB_H_
#define ROXLAB_TESTS_SUPPORT_E2E_LAB_H_

#include <filesystem>
#include <map>
#include <string>

#include "tests/support/lab_process.h"

namespace roxlab {

// The one home of all end-to-end tests, so that a kernel is built once, with the project's catalog
// and a machine "impatient" that waits for 15 s only. Nothing is started yet.
LabProcess MakeE2eLab();

// "Image" and "modules.cpio" of the stock kernel, built by the lab if they are not there yet. Empty
// when that fails; the test has failed then.
std::map<std::string, std::filesystem::path> StockKernel();

// The same of the stock kernel with what the stand-in for a board needs (board-virt.config).
std::map<std::string, std::filesystem::path> BoardKernel();

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_E2E_LAB_H_
