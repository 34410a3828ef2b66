// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_TABLE_H_
#define ROXLAB_REPORT_TABLE_H_

#include <string>
#include <vector>

namespace roxlab {

// Plain-text columns, two spaces apart.
class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;  // Numbers.
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns. Control characters become '?'.
  void AddRow(std::vector<std::string> cells);
  // Titles and rows, each line after `indent` spaces and without spaces at its end.
  std::string Render(int indent) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// "1,234,567", or with digits after the point where the value is no whole number: "1,234.5".
std::string Grouped(double value);

}  // namespace roxlab

#endif  // ROXLAB_REPORT_TABLE_H_
