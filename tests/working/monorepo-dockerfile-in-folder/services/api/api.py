import dates
import money

print(money.cents("4.20"), dates.YEAR)
