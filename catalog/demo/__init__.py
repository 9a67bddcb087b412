"""A made-up city, 云江市, with its web sites, gazette and open-data list, served over HTTP and harvested for real."""
