# Bootstrap bands of R's vars on Canada: VAR(2) with a constant, orthogonal responses, 8 steps, 95 %.
#
#   Rscript benches/peers/var_bands.R Canada.csv 5000 > crates/demarche-respond/tests/data/r_canada_bands.csv
#
# vars 1.6.1, R 4.2.2. Canada.csv has the columns time, e, prod, rw, U.
args <- commandArgs(trailingOnly = TRUE)
suppressMessages(library(vars))
data <- read.csv(args[1])[, -1]
fit <- VAR(data, p = 2, type = "const")
for (cumulative in c(FALSE, TRUE)) {
  found <- irf(fit, n.ahead = 8, ortho = TRUE, cumulative = cumulative, boot = TRUE,
               runs = as.integer(args[2]), ci = 0.95, seed = 20230206)
  if (!cumulative) cat("cumulative,h,response,impulse,irf,low,high\n")
  for (impulse in names(found$irf)) {
    for (response in colnames(found$irf[[impulse]])) {
      for (h in 0:8) {
        cat(sprintf("%d,%d,%s,%s,%.10g,%.10g,%.10g\n", cumulative, h, response, impulse,
                    found$irf[[impulse]][h + 1, response],
                    found$Lower[[impulse]][h + 1, response],
                    found$Upper[[impulse]][h + 1, response]))
      }
    }
  }
}
