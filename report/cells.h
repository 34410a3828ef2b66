// SPDX-License-Identifier: Apache-2.0
//
// Figures of a comparison as people read them; one way for all tables and sentences.
#ifndef ROXLAB_REPORT_CELLS_H_
#define ROXLAB_REPORT_CELLS_H_

#include <string>

#include "roxlab/v1/record.pb.h"

namespace roxlab {

// Whether no pair differs.
bool IsWithoutDifference(const v1::ComparisonRow& row);

// "5,888", "20 KiB"; "-" where there is none, here and below.
std::string ValueCell(const v1::ComparisonRow& row, double value);
std::string DeltaCell(const v1::ComparisonRow& row);     // "-15.2 %"
std::string IntervalCell(const v1::ComparisonRow& row);  // "[-18.5, -12.0]"
std::string PCell(const v1::ComparisonRow& row);         // "0.0078", "<0.0001"
std::string HolmCell(const v1::ComparisonRow& row);
std::string VerdictCell(const v1::ComparisonRow& row);  // Empty where nothing was expected.

}  // namespace roxlab

#endif  // ROXLAB_REPORT_CELLS_H_
