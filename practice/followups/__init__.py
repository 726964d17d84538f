"""What is done after a booking's fact: text messages, events for partners, finding out about a doubt."""
