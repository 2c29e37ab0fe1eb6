"""The form away from the line: as a workbook that comes back, and on paper.

``layout`` says where what stands, ``workbook`` writes it, ``reading`` takes it back cell by cell, ``preview`` compares
with what is in the portal; what is then saved goes through ``services.offline``.
"""
