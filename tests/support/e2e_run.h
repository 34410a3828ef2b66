// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_E2E_RUN_H_
#define ROXLAB_TESTS_SUPPORT_E2E_RUN_H_

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/lab_process.h"

namespace roxlab {

// Whether ROXLAB_FULL asks for the tests that need kernels of their own.
bool FullTests();

// What `roxlab show RUN --json` says of one run with seed 1, built and booted by a lab that is up.
// The test has failed when its verdict is not PASS.
nlohmann::json RunOnce(const LabProcess& lab, const std::string& variant,
                       const std::string& workload, const std::string& machine = "qemu-bbml3");

// What a run stored under this name. The test has failed when it stored nothing of that name.
std::string StoredText(const LabProcess& lab, const nlohmann::json& run, const std::string& name);

// "linear.l3_entries" and so on after a phase. The test has failed when there is none.
double Metric(const nlohmann::json& run, const std::string& phase, const std::string& metric);

// How many lines of the dump after a phase are of executable blocks of level 2 outside the kernel
// image, which has the only contiguous ones; one is there from boot on, of its text.
int ExecutableBlocks(const LabProcess& lab, const nlohmann::json& run, const std::string& phase);

// How many of the kernel's own tests passed.
int PassedTests(const nlohmann::json& run);

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_E2E_RUN_H_
